function removeOctaveFolder()
% REMOVEOCTAVEFOLDER  Take the functions that stand in for py., pyargs and pyenv in GNU Octave off MATLAB's path.
%
%   They would shadow MATLAB's own, also for other people's code. They can be on the path of an older TouchTrain, where
%   genpath found them, or by a savepath. A warning names each folder.
found = which('pyproxy');
if isempty(found)
    return
end
folders = strsplit(path(), pathsep());
for folder = folders(cellfun(@(one) isfile(fullfile(one, 'pyproxy.m')), folders))
    if ~strcmp(folder{1}, '.')
        rmpath(folder{1});
        warn(folder{1}, 'TouchTrain removed it from this session''s path. If the path was saved, call savepath now.');
    end
end
if isfile(fullfile(pwd(), 'pyproxy.m'))
    warn(pwd(), 'It is the current folder: change to another one with cd.');
end
end

function warn(folder, remedy)
warning('TouchTrain:OctaveFolder', ['The folder %s is for GNU Octave only. In MATLAB it shadows the built-in ' ...
    'functions py, pyargs and pyenv. %s'], folder, remedy);
end
