function status = pystatus()
% PYSTATUS  Status that pyenv shows: 'NotLoaded', 'Loaded' or 'Terminated'.

child = pysession();
if child.Pid > 0 && pyended(child)
    pystop(child);      % it ended between two calls
end
if child.Pid > 0
    status = 'Loaded';
elseif child.WasLoaded
    status = 'Terminated';
else
    status = 'NotLoaded';
end
end
