function tiny_files(kind, folder)
% TINY_FILES  Small files to convert, made by the Python of the jobs: KIND is 'videos', 'dropped', 'images', 'numpy',
% 'deep', 'model', 'session', 'reviewed', 'proven' or 'contacts'.
%
%   TINY_FILES(KIND, FOLDER): what is in them, make_tiny_files.py says. Files that depend on nothing else are made once
%   in a session, and copied.
persistent place;
if ~any(strcmp(kind, {'videos', 'dropped', 'images', 'numpy', 'deep', 'model'}))
    make_files(kind, fullfile(pwd(), folder));
    return;
end
if isempty(place) || ~isfolder(place)
    place = tempname(fileparts(pwd()));
end
kept = fullfile(place, kind);
if ~isfolder(kept)
    make_files(kind, kept);
end
if ~isfolder(folder)
    mkdir(folder);
end
[isDone, why] = copyfile(fullfile(kept, '*'), folder);
assert(isDone, 'TouchTrain:Test', '%s', why);
end

function make_files(kind, folder)
program = fullfile(fileparts(mfilename('fullpath')), 'make_tiny_files.py');
[status, said] = touchtrain.internal.python.runClean(getenv('TOUCHTRAIN_PYTHON'), {program, kind, folder});
assert(status == 0, 'TouchTrain:Test', '%s', said);
end
