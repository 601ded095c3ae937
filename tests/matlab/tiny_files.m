function tiny_files(kind, folder)
% TINY_FILES  Small files to convert, made by the Python of the jobs: KIND is 'videos', 'dropped', 'images', 'numpy',
% 'deep', 'model', 'session', 'reviewed', 'proven' or 'contacts'.
%
%   TINY_FILES(KIND, FOLDER): what is in them, make_tiny_files.py says.
program = fullfile(fileparts(mfilename('fullpath')), 'make_tiny_files.py');
[status, said] = touchtrain.internal.python.runClean(getenv('TOUCHTRAIN_PYTHON'), ...
    {program, kind, fullfile(pwd(), folder)});
assert(status == 0, 'TouchTrain:Test', '%s', said);
end
