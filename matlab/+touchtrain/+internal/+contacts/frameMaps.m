function maps = frameMaps(value)
% FRAMEMAPS  The option FrameMap as structs that Python reads: trial numbers, and the times of an array of trials.
%
%   MAPS = FRAMEMAPS(VALUE): vectors in a cell array, and structs with trialNum and frames, stay as they are. Of an
%   array of trials (a cell array of structs or objects, or an object or struct that has one as trials) the trial
%   numbers and the times of the samples are taken: T.trials{k}.whiskerTrial.time{1}, or T.trials{k}.time.
if iscell(value) && all(cellfun(@isnumeric, value(:)))
    maps = value;
    return
end
maps = mapsOf(value);
if isempty(maps)
    touchtrain.internal.values.fail('TouchTrain:BadOption', ['FrameMap must be a cell array with a vector of frame ' ...
        'numbers or times for each cell of the contact array ([] for none), structs with trialNum and frames, an ' ...
        'array of trials with trialNum and whiskerTrial.time or time, or a .mat file with one of these. It is ' ...
        'a %s.'], class(value));
end
end

function maps = mapsOf(value)
% Struct array of trialNum and frames, from structs or from trials; empty for another value.
if isstruct(value) && all(isfield(value, {'trialNum', 'frames'}))
    maps = value;
    return
end
maps = struct('trialNum', {}, 'frames', {});
if (isobject(value) || isstruct(value)) && isscalar(value) && hasField(value, 'trials')
    value = value.trials;
end
if isobject(value) || isstruct(value)
    value = arrayfun(@(one) {one}, reshape(value, 1, []));
end
for k = 1:numel(value) * iscell(value)
    times = timesOf(value{k});
    if ~isempty(times)
        number = double(value{k}.trialNum);
        maps(end + 1) = struct('trialNum', number, 'frames', reshape(double(times), 1, [])); %#ok<AGROW>
    end
end
end

function times = timesOf(trial)
times = [];
if hasField(trial, 'whiskerTrial') && hasField(trial.whiskerTrial, 'time')
    times = trial.whiskerTrial.time;
elseif hasField(trial, 'time')
    times = trial.time;
end
while iscell(times) && ~isempty(times)
    times = times{1};
end
if ~hasField(trial, 'trialNum')
    times = [];
end
end

function tf = hasField(value, name)
tf = isscalar(value) && (isstruct(value) && isfield(value, name) || ...
    isobject(value) && any(strcmp(properties(value), name)));
end
