function pydrop(id, generation)
% PYDROP  Inform Python, with the next request, that no variable references an object any more.

child = pysession();
if generation == child.Generation && child.Pid > 0
    child.Dropped(end + 1) = id;
end
end
