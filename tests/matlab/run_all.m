function run_all(varargin)
% RUN_ALL  Run the tests of this folder and of marks/, in MATLAB or in GNU Octave.
%
%   RUN_ALL() runs every test_*.m, each in a new folder of its own, prints a line a test and at the end
%   'N passed, N failed', and raises an error if one failed. A test is a function without arguments that raises an
%   error where something is wrong; one that cannot run here raises TouchTrain:Skip.
%   RUN_ALL(PATTERN, ...) runs the tests whose names match one of the regular expressions.
here = fileparts(mfilename('fullpath'));
addpath(here, fullfile(here, 'marks'), fullfile(fileparts(fileparts(here)), 'matlab'), ...
    fullfile(fileparts(fileparts(here)), 'examples'));
work = tempname();
mkdir(work);
config = getenv('TOUCHTRAIN_CONFIG');
cleaning = onCleanup(@() remove(work, config)); %#ok<NASGU>
setenv('TOUCHTRAIN_CONFIG', work); % what this user has recorded stays
found = touchtrain.setup();
fprintf('%s, py. in %s, trainings in %s\n', found.host, found.python, found.job_python);
files = [dir(fullfile(here, 'test_*.m')); dir(fullfile(here, 'marks', 'test_*.m'))];
names = cellfun(@(name) name(1:end - 2), sort({files.name}), 'UniformOutput', false);
if nargin > 0
    isAsked = cellfun(@(name) any(cellfun(@(pattern) ~isempty(regexp(name, pattern, 'once')), varargin)), names);
    names = names(isAsked);
end
passed = 0;
failed = {};
for k = 1:numel(names)
    began = tic;
    [outcome, reason] = run_one(names{k}, work);
    fprintf('%-8s %s (%.1f s)\n', outcome, names{k}, toc(began));
    if strcmp(outcome, 'FAILED')
        failed{end + 1} = names{k}; %#ok<AGROW>
    else
        passed = passed + strcmp(outcome, 'ok');
    end
    if ~isempty(reason)
        fprintf('         %s\n', strrep(reason, sprintf('\n'), sprintf('\n         ')));
    end
end
fprintf('%d passed, %d failed\n', passed, numel(failed));
if ~isempty(failed)
    error('TouchTrain:TestsFailed', 'These tests failed: %s', strjoin(failed, ', '));
end
end

function [outcome, reason] = run_one(name, work)
% Run one test in a new folder.
before = pwd();
mkdir(fullfile(work, name));
returning = onCleanup(@() cd(before)); %#ok<NASGU>
cd(fullfile(work, name));
outcome = 'ok';
reason = '';
try
    feval(name);
catch err
    if strcmp(err.identifier, 'TouchTrain:Skip')
        outcome = 'skipped';
        reason = err.message;
    else
        outcome = 'FAILED';
        reason = sprintf('%s: %s', err.identifier, err.message);
        for k = 1:min(4, numel(err.stack))
            reason = sprintf('%s\n  in %s, line %d', reason, err.stack(k).name, err.stack(k).line);
        end
    end
end
end

function remove(folder, config)
% Remove what the tests wrote, and what string_like put on the path.
setenv('TOUCHTRAIN_CONFIG', config);
standIns = fullfile(folder, 'stand_ins');
if isfolder(standIns)
    rmpath(standIns);
end
if touchtrain.internal.values.isOctave()
    confirm_recursive_rmdir(false, 'local'); % Octave only
end
rmdir(folder, 's');
end
