function alive = pyisalive(generation)
% PYISALIVE  Whether the Python process of that generation runs.

child = pysession();
alive = generation == child.Generation && strcmp(pystatus(), 'Loaded');
end
