function limit = inSeconds(limit)
% INSECONDS  A time limit, which is a number of seconds or a duration, in seconds.
if isa(limit, 'duration')
    limit = seconds(limit); % MATLAB only
end
if ~isnumeric(limit) || numel(limit) ~= 1 || ~(limit >= 0)
    touchtrain.internal.values.fail('TouchTrain:BadOption', ...
        'The time limit must be a nonnegative number of seconds, or a duration.');
end
limit = double(limit);
end
