function [work, ending] = begin_tests()
% BEGIN_TESTS  Make ready for RUN_TEST: the path, a folder to work in, and a Python.
%
%   [WORK, ENDING] = BEGIN_TESTS(): WORK is the absolute path of a new folder. The function handle ENDING removes it and
%   undoes the rest.
here = fileparts(mfilename('fullpath'));
root = fileparts(fileparts(here));
addpath(here, fullfile(here, 'marks'), fullfile(root, 'matlab'), fullfile(root, 'examples'));
work = tempname();
mkdir(work);
names = {'TOUCHTRAIN_CONFIG', 'TOUCHTRAIN_ENGINE'};
values = cellfun(@getenv, names, 'UniformOutput', false);
ending = @() finish(work, names, values);
setenv('TOUCHTRAIN_CONFIG', work); % what this user has recorded stays
setenv('TOUCHTRAIN_ENGINE', '1'); % progress in whole lines, also if a person looks on
found = touchtrain.setup();
fprintf('%s, py. in %s, trainings in %s\n', found.host, found.python, found.job_python);
% The folder for temporary files may be a link (macOS) or a short name (Windows), and results name the real one.
work = char(py.os.path.realpath(work));
end

function finish(folder, names, values)
% Remove what the tests wrote, and what string_like put on the path.
cellfun(@(name, value) setenv(name, value), names, values);
standIns = fullfile(folder, 'stand_ins');
if isfolder(standIns)
    rmpath(standIns);
end
if touchtrain.internal.values.isOctave()
    confirm_recursive_rmdir(false, 'local'); % Octave only
end
[isGone, why] = rmdir(folder, 's');
if ~isGone
    fprintf('%s stays: %s\n', folder, why); % on Windows, where a program still stands in it
end
end
