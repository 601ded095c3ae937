function maps = frameMaps(value)
% FRAMEMAPS  The option FrameMap as structs that Python reads: trial numbers, and the times of an array of trials.
%
%   MAPS = FRAMEMAPS(VALUE): vectors in a cell array, and structs with trialNum and frames, stay as they are. Of an
%   array of trials (a cell array of structs or objects, or an object or struct that has one as trials) the trial
%   numbers and the times of the samples are taken: T.trials{k}.whiskerTrial.time{1}, or T.trials{k}.time.
maps = value;
if (isobject(value) || isstruct(value)) && isscalar(value) && hasField(value, 'trials')
    value = value.trials;
end
if ~iscell(value) && ~isscalar(value) && (isobject(value) || isstruct(value))
    value = arrayfun(@(one) {one}, reshape(value, 1, []));
end
if ~iscell(value) || ~all(cellfun(@(one) isempty(one) || isobject(one) || isstruct(one), value(:)))
    return
end
found = struct('trialNum', {}, 'frames', {});
for k = 1:numel(value)
    times = timesOf(value{k});
    if ~isempty(times)
        number = double(value{k}.trialNum);
        found(end + 1) = struct('trialNum', number, 'frames', reshape(double(times), 1, [])); %#ok<AGROW>
    end
end
if ~isempty(found)
    maps = found;
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
