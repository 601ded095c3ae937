function stageToolbox(root, target)
% STAGETOOLBOX  Copy the files of the MATLAB toolbox to a folder, as they lie where MATLAB installs it.
%
%   STAGETOOLBOX(ROOT, TARGET): ROOT is the repository, TARGET a folder that does not exist yet. The toolbox is matlab/
%   and, beside it, all from which touchtrain.setup('Install', true) makes the Python environment.
mkdir(target);
for item = {'matlab', 'pyside', 'examples', 'setup.py', 'pyproject.toml', 'README.md', 'LICENSE'}
    copyfile(fullfile(root, item{1}), fullfile(target, item{1}));
end
tidy(target);
end

function tidy(folder)
% Remove what programs and editors leave in folders.
inside = dir(folder);
inside = inside(~ismember({inside.name}, {'.', '..'}));
leftOver = '^\.|\.(cfg|asv|py[co])$|~$|^(octave-workspace|__pycache__)$';
isLeft = ~cellfun(@isempty, regexp({inside.name}, leftOver, 'once'));
if exist('OCTAVE_VERSION', 'builtin')
    confirm_recursive_rmdir(false, 'local'); % Octave only
end
for k = 1:numel(inside)
    path = fullfile(folder, inside(k).name);
    if inside(k).isdir && isLeft(k)
        rmdir(path, 's');
    elseif inside(k).isdir
        tidy(path);
    elseif isLeft(k)
        delete(path);
    end
end
end
