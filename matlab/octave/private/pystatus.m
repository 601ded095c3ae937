function status = pystatus()
% PYSTATUS  'NotLoaded', 'Loaded' or 'Terminated', as pyenv shows it.

child = pysession();
if child.Pid > 0 && pyended(child)
    pystop(child);      % it died between two calls
end
if child.Pid > 0
    status = 'Loaded';
elseif child.WasLoaded
    status = 'Terminated';
else
    status = 'NotLoaded';
end
end
