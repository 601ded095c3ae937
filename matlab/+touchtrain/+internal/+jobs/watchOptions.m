function [how, given] = watchOptions(arguments, more)
% WATCHOPTIONS  Check the options Verbose and Plots of a function that waits for a job.
%
%   HOW = WATCHOPTIONS(ARGUMENTS): ARGUMENTS is the cell array of the user's name-value arguments. HOW is a struct for
%   WATCHJOB: isVerbose, draws, seconds (time limit, Inf) and seen (number of messages already shown, 0).
%   [HOW, GIVEN] = WATCHOPTIONS(ARGUMENTS, MORE) accepts further options: the fields of the struct MORE, with their
%   defaults. GIVEN has the values of all options.
known = struct('Verbose', true, 'Plots', 'none');
if nargin > 1
    for name = fieldnames(more)'
        known.(name{1}) = more.(name{1});
    end
end
given = touchtrain.internal.options.ownOptions(arguments, known);
isVerbose = touchtrain.internal.options.truth(given.Verbose, 'Verbose');
if ~touchtrain.internal.values.isText(given.Plots) || ...
        ~any(strcmpi(char(given.Plots), {'none', 'training-progress'}))
    touchtrain.internal.values.fail('TouchTrain:BadOption', 'Plots must be ''none'' or ''training-progress''.');
end
how = struct('isVerbose', isVerbose, 'draws', strcmpi(char(given.Plots), 'training-progress'), ...
    'seconds', Inf, 'seen', 0);
end
