function alive = pyisalive(generation)
% PYISALIVE  True if the Python process of this generation runs.

child = pysession();
alive = generation == child.Generation && strcmp(pystatus(), 'Loaded');
end
