function names = listed_tests(varargin)
% LISTED_TESTS  Names of the tests of this folder and of marks/, sorted: a row cell of the files test_*.m.
%
%   NAMES = LISTED_TESTS(PATTERN, ...) are those that match one of the regular expressions.
here = fileparts(mfilename('fullpath'));
files = [dir(fullfile(here, 'test_*.m')); dir(fullfile(here, 'marks', 'test_*.m'))];
names = cellfun(@(name) name(1:end - 2), sort({files.name}), 'UniformOutput', false);
if nargin > 0
    isAsked = cellfun(@(name) any(cellfun(@(pattern) ~isempty(regexp(name, pattern, 'once')), varargin)), names);
    names = names(isAsked);
end
end
