function given = cloudArguments(given)
% CLOUDARGUMENTS  Remove the empty fields of cloudSettings from the arguments of a function.
%
%   GIVEN = CLOUDARGUMENTS(GIVEN): GIVEN is a cell array of names and values that can start with a struct of settings.
%   Fields of that struct whose value is [] or '' are removed, because scripts often list all fields and leave some
%   empty. An empty value of a name-value argument stays, because [] can be intended.
if isempty(given) || ~isstruct(given{1})
    return
end
settings = given{1};
if numel(settings) ~= 1
    touchtrain.internal.values.fail('TouchTrain:BadOption', ...
        'cloudSettings must be a struct with one field per setting; see touchtrain.trainOnCloud.');
end
names = fieldnames(settings);
isEmpty = cellfun(@(name) touchtrain.internal.values.isBlank(settings.(name)), names);
given{1} = rmfield(settings, names(isEmpty));
end
