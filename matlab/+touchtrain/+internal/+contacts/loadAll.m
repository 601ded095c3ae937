function [variables, isLarge] = loadAll(file)
% LOADALL  Load all variables of a .mat file, completely or not at all.
%
%   [VARIABLES, ISLARGE] = LOADALL(FILE): VARIABLES is a struct with one field per variable, ISLARGE true for a file of
%   version 7.3. MATLAB only warns of what it cannot load, such as an object whose class is not on the path, and puts
%   something else in its place. Here that is an error, TouchTrain:BadLabels, because the value would be lost if the
%   variables were saved again.
if ~isfile(file)
    touchtrain.internal.values.fail('TouchTrain:PathMissing', 'There is no file %s.', file);
end
[lastText, lastId] = lastwarn();
lastwarn('');
try
    variables = load(file, '-mat');
catch err
    touchtrain.internal.values.fail('TouchTrain:BadLabels', '%s cannot be loaded: %s', file, err.message);
end
warned = lastwarn();
lastwarn(lastText, lastId);
if ~isempty(warned)
    touchtrain.internal.values.fail('TouchTrain:BadLabels', ...
        ['%s cannot be loaded completely: %s If it holds objects, put the folder of their class on the path ' ...
        '(addpath), and call again.'], file, warned);
end
isLarge = strncmp(firstBytes(file), 'MATLAB 7.3', 10);
end

function text = firstBytes(file)
id = fopen(file, 'r');
text = fread(id, 10, 'uint8=>char')';
fclose(id);
end
