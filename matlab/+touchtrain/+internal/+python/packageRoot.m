function [folder, isRepo] = packageRoot()
% PACKAGEROOT  The folder that holds the Python package pyside.
%
%   [FOLDER, ISREPO] = PACKAGEROOT() gives the absolute path. ISREPO is true where these files are matlab/ of a
%   checked-out repository, false where they are pyside/_matlab/ of an installed package.
matlabFolder = fileparts(fileparts(fileparts(fileparts(mfilename('fullpath')))));
folder = fileparts(matlabFolder);
isRepo = isfile(fullfile(folder, 'pyside', '__init__.py'));
if ~isRepo
    folder = fileparts(folder);
end
end
