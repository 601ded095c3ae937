function plan = curationPlan(parameters, overrides)
% CURATIONPLAN  Check the parameters of curate_videos and return its plan. All errors are raised together.
%
%   PLAN = CURATIONPLAN(PARAMETERS, OVERRIDES): PARAMETERS is a struct with the values at the top of the script.
%   OVERRIDES is the struct curationParameters: its fields override these values, or are options of touchtrain.curate.
%   PLAN has the parameters with absolute paths, and rows of names and values for each section: previewOptions,
%   checkOptions, curateOptions, redecideOptions, compareOptions.
faults = touchtrain.internal.values.Faults();
[plan, further] = withOverrides(parameters, overrides, faults);
switches = {'PREVIEW', 'CHECK', 'CURATE', 'REDECIDE', 'COMPARE'};
for k = 1:numel(switches)
    plan.(switches{k}) = touchtrain.internal.script.logicalSwitch(plan.(switches{k}), switches{k}, faults);
end
options = [parameterOptions(plan), further];
plan = checkPaths(plan, options, faults);
faults.check(@() touchtrain.internal.python.askPython('check_options', 'curate', ...
    touchtrain.internal.options.optionsJson(touchtrain.internal.options.centersOption(options))));
if plan.REDECIDE && isempty(plan.threshold) && isempty(plan.minDuration)
    faults.add('TouchTrain:BadOption', 'REDECIDE is 1, but neither threshold nor minDuration is set. Set one of them.');
end
faults.raise();
plan.checkOptions = [options, {'Output', plan.outputFolder, 'Check', true}];
plan.curateOptions = [options, {'Output', plan.outputFolder}];
if ~touchtrain.internal.values.isBlank(plan.labelPath)
    plan.checkOptions = [plan.checkOptions, {'Labels', plan.labelPath}];
    if ~plan.COMPARE % which compares them in more detail
        plan.curateOptions = [plan.curateOptions, {'Labels', plan.labelPath}];
    end
end
if ~touchtrain.internal.values.isBlank(plan.contactPath)
    plan.checkOptions = [plan.checkOptions, {'ContactArray', plan.contactPath}];
    plan.curateOptions = [plan.curateOptions, {'ContactArray', plan.contactPath}];
end
plan.previewOptions = {};
if plan.PREVIEW
    plan.previewOptions = [optionsOf('previewRegion', options), {'Model', plan.modelPath}];
end
plan.redecideOptions = {};
if plan.REDECIDE
    plan.redecideOptions = optionsOf('redecide', options);
end
plan.compareOptions = [optionsOf('compare', options), {'Output', fullfile(plan.outputFolder, 'comparison')}];
end

function [plan, further] = withOverrides(plan, overrides, faults)
% Sort the fields of OVERRIDES: parameters go to PLAN, options of touchtrain.curate to FURTHER, names and values.
further = {};
if ~isstruct(overrides) || numel(overrides) ~= 1
    faults.add('TouchTrain:BadOption', sprintf( ...
        'curationParameters must be a scalar struct with one field per parameter. It is a %s.', class(overrides)));
    return
end
known = touchtrain.options('curate');
parameters = fieldnames(plan)';
instead = struct('Check', 'CHECK = 1 and CURATE = 0', 'Output', 'outputFolder', 'Labels', 'labelPath', ...
    'ContactArray', 'contactPath');
names = fieldnames(overrides)';
for name = names
    value = overrides.(name{1});
    given = name{1};
    if ~any(strcmpi([parameters, {known.name}], given))
        name{1} = touchtrain.internal.options.inFull(given, [parameters, {known.name}]); %#ok<FXSET>
    end
    isParameter = strcmpi(parameters, name{1});
    isOption = strcmpi({known.name}, name{1});
    if any(strcmp(fieldnames(instead), name{1}))
        faults.add('TouchTrain:BadOption', sprintf('curationParameters.%s: set %s in this script.', name{1}, ...
            instead.(name{1})));
    elseif any(isParameter) && (any(isOption) || any(strcmp(parameters, name{1})))
        plan.(parameters{isParameter}) = value;
    elseif any(isOption)
        further = [further, {known(isOption).name, value}]; %#ok<AGROW>
    else
        faults.add('TouchTrain:UnknownOption', ['curationParameters: ' touchtrain.internal.options.unknownName( ...
            'parameter', given, unique([parameters, setdiff({known.name}, fieldnames(instead)')]))]);
    end
end
end

function options = parameterOptions(plan)
% Options of touchtrain.curate that are parameters of the script and set.
options = {};
for name = {'Roi', 'Centers', 'NoCenter', 'Threshold', 'MinDuration', 'FrameRate', 'Formats'}
    value = plan.([lower(name{1}(1)) name{1}(2:end)]);
    if ~touchtrain.internal.values.isBlank(value)
        options = [options, {name{1}, value}]; %#ok<AGROW>
    end
end
end

function plan = checkPaths(plan, options, faults)
% Make the paths that the sections need absolute. A path that does not exist is added to FAULTS.
if plan.CHECK || plan.CURATE || plan.PREVIEW
    plan.dataPath = touchtrain.internal.script.existingVideos(plan.dataPath, faults, '');
    plan.modelPath = existingFile(plan.modelPath, 'modelPath', 'the .h5 file of a trained model', faults);
end
if ~touchtrain.internal.values.isBlank(plan.labelPath) || plan.COMPARE
    plan.labelPath = existingFile(plan.labelPath, 'labelPath', 'a file with the labels of a person', faults);
end
if ~touchtrain.internal.values.isBlank(plan.contactPath)
    plan.contactPath = existingFile(plan.contactPath, 'contactPath', 'a file with a contact array', faults);
end
if touchtrain.internal.values.isText(plan.centers) && ~touchtrain.internal.values.isBlank(plan.centers)
    touchtrain.internal.script.existingPath(plan.centers, 'centers', 'file', faults);
end
if ~touchtrain.internal.values.isText(plan.outputFolder) || isempty(strtrim(char(plan.outputFolder)))
    faults.add('TouchTrain:BadOption', 'outputFolder must be a path (nonempty text).');
    return
end
plan.outputFolder = touchtrain.internal.values.absolutePath(plan.outputFolder, 'outputFolder');
isMarked = isfile(fullfile(plan.outputFolder, 'session.json'));
sections = {'REDECIDE', 'COMPARE'};
for name = sections([plan.REDECIDE, plan.COMPARE] & ~plan.CURATE & ~isMarked)
    faults.add('TouchTrain:PathMissing', sprintf('%s is 1, but there are no results in %s. Set CURATE = 1.', ...
        name{1}, plan.outputFolder));
end
end

function path = existingFile(path, name, what, faults)
if touchtrain.internal.values.isBlank(path)
    faults.add('TouchTrain:PathMissing', sprintf('%s is empty. Set it to %s.', name, what));
else
    path = touchtrain.internal.script.existingPath(path, name, 'file', faults);
end
end

function own = optionsOf(command, options)
% Those of the options that belong to another function, too.
known = touchtrain.options(command);
isOwn = reshape(ismember(lower(options(1:2:end)), lower({known.name})), 1, []);
own = options(reshape([isOwn; isOwn], 1, []));
end
