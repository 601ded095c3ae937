function options = toolboxOptions(folder, output)
% TOOLBOXOPTIONS  How the MATLAB toolbox is packed. MATLAB R2023a or later.
%
%   OPTIONS = TOOLBOXOPTIONS(FOLDER, OUTPUT) returns a matlab.addons.toolbox.ToolboxOptions. FOLDER has the files that
%   STAGETOOLBOX copied, OUTPUT is the path of the .mltbx file. Version, description and authors are those of the Python
%   package.
identifier = '4ffb8646-3bcc-4630-a7aa-1f0b2fa6c643'; % of the toolbox, for good
options = matlab.addons.toolbox.ToolboxOptions(folder, identifier); % MATLAB only
options.ToolboxName = 'TouchTrain';
options.ToolboxVersion = found(fullfile(folder, 'pyside', 'version.py'), '__version__ = "(\d+(\.\d+)+)');
package = fullfile(folder, 'pyproject.toml');
options.Summary = found(package, '\ndescription = "([^"]+)"');
options.Description = [options.Summary ' The Python half is inside: touchtrain.setup(''Install'', true) makes its ' ...
    'environment, for which Python 3.11 to 3.13 and a connection to the internet are needed.'];
options.AuthorName = found(package, '\nauthors = \[\{ name = "([^"]+)"');
options.MinimumMatlabRelease = 'R2022b';
for system = {'Win64', 'Glnxa64', 'Maci64', 'MatlabOnline'}
    options.SupportedPlatforms.(system{1}) = true;
end
options.ToolboxMatlabPath = {fullfile(folder, 'matlab')};
guide = fullfile(folder, 'matlab', 'doc', 'GettingStarted.m');
if isfile(guide)
    options.ToolboxGettingStartedGuide = guide;
end
options.OutputFile = output;
end

function text = found(file, pattern)
% The part of a file that the parentheses of a pattern enclose.
words = regexp(fileread(file), pattern, 'tokens', 'once');
assert(~isempty(words), 'TouchTrain:Package', '%s has no line %s', file, pattern);
text = words{1};
end
