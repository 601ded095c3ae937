function given = cloudArguments(given)
% CLOUDARGUMENTS  What follows the fixed arguments of a function that takes cloudSettings, without its empty fields.
%
%   GIVEN is a cell of names and values, where a struct of settings may stand first. Of that struct the fields whose
%   value is [] or '' are left out, because a struct with all fields there, some of them empty, is common in scripts. An
%   option given by name stays, since [] may be meant.
if isempty(given) || ~isstruct(given{1})
    return
end
settings = given{1};
if numel(settings) ~= 1
    error('TouchTrain:BadOption', ...
        'cloudSettings must be a struct with one setting a field; see touchtrain.trainOnCloud.');
end
names = fieldnames(settings);
isEmpty = cellfun(@(name) isNothing(settings.(name)), names);
given{1} = rmfield(settings, names(isEmpty));
end

function yes = isNothing(value)
yes = isempty(value) || touchtrain.internal.values.isText(value) && isempty(char(value));
end
