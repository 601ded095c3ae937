function [folder, isRepo] = packageRoot()
% PACKAGEROOT  Folder that contains the Python package pyside.
%
%   [FOLDER, ISREPO] = PACKAGEROOT() returns the absolute path. ISREPO is true if these files are matlab/ of a
%   checked-out repository, false if they are pyside/_matlab/ of an installed package.
matlabFolder = fileparts(fileparts(fileparts(fileparts(mfilename('fullpath')))));
folder = fileparts(matlabFolder);
isRepo = isfile(fullfile(folder, 'pyside', '__init__.py'));
if ~isRepo
    folder = fileparts(folder);
end
end
