function file = saveFor(folder, name, value)
% SAVEFOR  Save a value for Python, as the variable NAME of the file NAME.mat in a folder.
%
%   FILE = SAVEFOR(FOLDER, NAME, VALUE): FILE is the path of the file.
file = fullfile(folder, [name '.mat']);
held = struct(name, {value}); %#ok<NASGU>
save(file, '-struct', 'held', '-v7');
end
