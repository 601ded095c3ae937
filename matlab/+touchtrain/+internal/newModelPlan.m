function plan = newModelPlan(parameters, overrides)
% NEWMODELPLAN  What train_new_model is to do, checked: all that is wrong with its parameters is told at once.
%
%   PLAN = NEWMODELPLAN(PARAMETERS, OVERRIDES): PARAMETERS is a struct with the values on top of the script, and with
%   frames and labels where the workspace has them; OVERRIDES the struct trainingParameters, whose fields are further
%   values of the same names, or options of touchtrain.convertArrays and touchtrain.train. PLAN has the parameters,
%   and besides: dataset, model, jobs (paths), convertOptions, trainOptions (rows of names and values).
[plan, options, faults] = overridden(parameters, overrides);
switches = {'CREATE_NUMPY', 'UPLOAD', 'TRAIN', 'DOWNLOAD_MODEL', 'CLEAR_DIRECTORIES', 'trainOnCloud'};
for k = 1:numel(switches)
    [plan.(switches{k}), faults] = flag(plan.(switches{k}), switches{k}, faults);
end
texts = {'processDirectory', 'modelName', 'jobName'};
for k = 1:numel(texts)
    [plan.(texts{k}), faults] = filled(plan.(texts{k}), texts{k}, faults);
end
faults = notYet(plan, faults);
if isempty(regexp(plan.jobName, '^[\w .-]*$', 'once'))
    faults = touchtrain.internal.addFault(faults, 'TouchTrain:BadOption', ...
        'jobName becomes the name of a folder: letters, digits, _, -, . and blanks only.');
end
plan.processDirectory = touchtrain.internal.absolutePath(plan.processDirectory, 'processDirectory');
plan.dataset = fullfile(plan.processDirectory, 'dataset');
plan.jobs = fullfile(plan.processDirectory, 'jobs');
plan.model = modelPath(plan.modelName, plan.processDirectory);
plan.convertOptions = [{'ClassNames', plan.classNames}, options.convertArrays];
plan.trainOptions = options.train;
if plan.CREATE_NUMPY
    faults = arrayFaults(plan, faults);
end
if plan.TRAIN
    faults = trainFaults(plan, faults);
end
if plan.DOWNLOAD_MODEL && ~plan.TRAIN && isempty(touchtrain.internal.lastJob(plan.processDirectory))
    faults = touchtrain.internal.addFault(faults, 'TouchTrain:BadJob', sprintf( ...
        'DOWNLOAD_MODEL = 1, but no training was started in %s. Set TRAIN = 1.', plan.processDirectory));
end
touchtrain.internal.raiseFaults(faults);
end

function [plan, options, faults] = overridden(plan, overrides)
% Put the fields of overrides in their places: among the parameters, or among the options of a command.
faults = [];
options = struct('convertArrays', {{}}, 'train', {{}});
if ~isstruct(overrides) || numel(overrides) ~= 1
    faults = touchtrain.internal.addFault(faults, 'TouchTrain:BadOption', sprintf( ...
        'trainingParameters must be a struct with one value a field. It is a %s.', class(overrides)));
    return
end
known = touchtrain.options();
parameters = setdiff(fieldnames(plan), {'frames', 'labels'})';
names = fieldnames(overrides);
for k = 1:numel(names)
    name = names{k};
    value = overrides.(name);
    at = find(strcmpi({known.name}, name), 1);
    if any(strcmp(parameters, name))
        plan.(name) = value;
    elseif strcmpi(name, 'ClassNames')
        plan.classNames = value;
    elseif strcmpi(name, 'JobFolder')
        faults = touchtrain.internal.addFault(faults, 'TouchTrain:BadOption', ...
            'trainingParameters.JobFolder: the folder of the job is processDirectory/jobs/jobName here. Set jobName.');
    elseif ~isempty(at)
        options.(known(at).command) = [options.(known(at).command), {known(at).name, value}];
    else
        faults = touchtrain.internal.addFault(faults, 'TouchTrain:UnknownOption', ['trainingParameters: ' ...
            touchtrain.internal.unknownName('parameter', name, [parameters, {known.name}])]);
    end
end
end

function [value, faults] = flag(value, name, faults)
if (islogical(value) || isnumeric(value)) && numel(value) == 1 && any(double(value) == [0 1])
    value = logical(value);
else
    faults = touchtrain.internal.addFault(faults, 'TouchTrain:BadOption', [name ' must be 0 or 1, or true or false.']);
    value = false;
end
end

function [value, faults] = filled(value, name, faults)
if touchtrain.internal.isText(value) && ~isempty(strtrim(char(value)))
    value = strtrim(char(value));
else
    faults = touchtrain.internal.addFault(faults, 'TouchTrain:BadOption', [name ' must be a text that is not empty.']);
    value = name;
end
end

function faults = notYet(plan, faults)
if plan.trainOnCloud
    faults = touchtrain.internal.addFault(faults, 'TouchTrain:NotYet', ...
        'trainOnCloud = true is not possible yet: set trainOnCloud = false to train on this machine.');
end
[source, faults] = labelOption(plan, faults);
if plan.CREATE_NUMPY && ~any(strcmp(source, {'arrays', ''}))
    faults = touchtrain.internal.addFault(faults, 'TouchTrain:NotYet', sprintf( ...
        ['labelOptionSelect = ''%s'' is not possible yet: read frames and labels into the workspace and set ' ...
        'labelOptionSelect = ''arrays''.'], source));
end
end

function [source, faults] = labelOption(plan, faults)
% Name of the source that is selected, by name or by 1-based index; '' where it cannot be told.
source = '';
choice = plan.labelOptionSelect;
if ~touchtrain.internal.isNames(plan.labelOptions)
    faults = touchtrain.internal.addFault(faults, 'TouchTrain:BadOption', 'labelOptions must be a cell of names.');
    return
end
names = touchtrain.internal.toNames(plan.labelOptions);
if isnumeric(choice) && numel(choice) == 1 && any(double(choice) == 1:numel(names))
    source = names{choice};
elseif touchtrain.internal.isText(choice) && any(strcmpi(names, strtrim(char(choice))))
    source = names{strcmpi(names, strtrim(char(choice)))};
else
    faults = touchtrain.internal.addFault(faults, 'TouchTrain:BadOption', sprintf( ...
        'labelOptionSelect must be one of %s, or its number from 1 to %d.', strjoin(names, ', '), numel(names)));
end
end

function path = modelPath(name, folder)
[inFolder, stem, suffix] = fileparts(name);
if ~strcmpi(suffix, '.h5')
    stem = [stem suffix];
    suffix = '.h5';
end
if isempty(inFolder)
    path = fullfile(folder, [stem suffix]);
else
    path = touchtrain.internal.absolutePath(fullfile(inFolder, [stem suffix]), 'modelName');
end
end

function faults = arrayFaults(plan, faults)
if ~isfield(plan, 'frames') || ~isfield(plan, 'labels')
    faults = touchtrain.internal.addFault(faults, 'TouchTrain:BadFrames', ...
        ['There are no variables frames and labels in the workspace. Make them first: frames HxWxN, or a cell with ' ...
        'one array a recording, and labels with one value a frame.']);
else
    faults = touchtrain.internal.faultsOf(faults, @() touchtrain.internal.frameCell(plan.frames));
    n = 1;
    if iscell(plan.frames)
        n = numel(plan.frames);
    end
    faults = touchtrain.internal.faultsOf(faults, @() touchtrain.internal.labelsForPython(plan.labels, n));
end
faults = touchtrain.internal.faultsOf(faults, @() touchtrain.internal.askPython('check_options', 'convertArrays', ...
    touchtrain.internal.optionsJson(plan.convertOptions)));
end

function faults = trainFaults(plan, faults)
faults = touchtrain.internal.faultsOf(faults, @() touchtrain.internal.askPython('check_options', 'train', ...
    touchtrain.internal.optionsJson(plan.trainOptions)));
if ~plan.CREATE_NUMPY
    faults = touchtrain.internal.faultsOf(faults, @() touchtrain.internal.askPython('inspect', plan.dataset));
end
folder = fileparts(plan.model);
if ~strcmp(folder, plan.processDirectory) && ~isfolder(folder)
    faults = touchtrain.internal.addFault(faults, 'TouchTrain:PathMissing', sprintf( ...
        'modelName: the folder %s does not exist. Make it first.', folder));
end
end
