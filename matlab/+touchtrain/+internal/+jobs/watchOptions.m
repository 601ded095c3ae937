function [how, given] = watchOptions(arguments, more)
% WATCHOPTIONS  What is shown of a job while it is waited for.
%
%   HOW = WATCHOPTIONS(ARGUMENTS) takes the cell of options that the user gave, of which there are Verbose and Plots.
%   HOW is a struct for WATCHJOB: isVerbose, draws; seconds, how long it is watched, and seen, how much of what the job
%   tells has been shown, as if it were watched from beginning to end.
%   [HOW, GIVEN] = WATCHOPTIONS(ARGUMENTS, MORE) takes further options, whose defaults are the fields of the struct
%   MORE; GIVEN has the values of all.
known = struct('Verbose', true, 'Plots', 'none');
if nargin > 1
    for name = fieldnames(more)'
        known.(name{1}) = more.(name{1});
    end
end
given = touchtrain.internal.options.ownOptions(arguments, known);
if ~(islogical(given.Verbose) || isnumeric(given.Verbose)) || numel(given.Verbose) ~= 1 || ...
        ~any(given.Verbose == [0 1])
    error('TouchTrain:BadOption', 'Verbose must be true or false.');
elseif ~touchtrain.internal.values.isText(given.Plots) || ...
        ~any(strcmpi(char(given.Plots), {'none', 'training-progress'}))
    error('TouchTrain:BadOption', 'Plots must be ''none'' or ''training-progress''.');
end
how = struct('isVerbose', given.Verbose == 1, 'draws', strcmpi(char(given.Plots), 'training-progress'), ...
    'seconds', Inf, 'seen', 0);
end
