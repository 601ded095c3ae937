function text = hostFault(facts, range, arch)
% HOSTFAULT  Why MATLAB cannot load a Python, '' if it can.
%
%   TEXT = HOSTFAULT(FACTS, RANGE) and HOSTFAULT(FACTS, RANGE, ARCH): FACTS is the output of PYTHONFACTS, RANGE the
%   [lowest highest] minor version that this MATLAB can load ([] in Octave: any), ARCH the output of computer('arch').
%   TEXT continues a sentence that begins with the path of the Python.
if nargin < 3
    arch = computer('arch');
end
text = '';
if ~facts.ok
    text = 'does not run';
elseif isempty(range)
    if touchtrain.internal.setup.isTooOld(facts.version)
        text = sprintf('is Python %d.%d, which is too old', facts.version);
    end
elseif facts.version(1) ~= 3 || facts.version(2) < range(1) || facts.version(2) > range(2)
    text = sprintf('is Python %d.%d, and this MATLAB supports %s', facts.version, ...
        touchtrain.internal.setup.pythonVersions(range));
elseif ~strcmpi(facts.kind, 'cpython')
    text = sprintf('is %s, and MATLAB loads CPython only', facts.kind);
elseif ~isempty(strfind([facts.base ' ' facts.executable], 'WindowsApps'))
    text = 'comes from the Microsoft Store, and MATLAB cannot load it';
elseif facts.bits ~= 64
    text = 'has 32 bits, and MATLAB has 64';
elseif isOtherMachine(facts.machine, arch)
    text = sprintf('is made for %s processors, and this MATLAB (%s) is not', facts.machine, arch);
end
end

function tf = isOtherMachine(machine, arch)
isArm = any(strcmpi(machine, {'arm64', 'aarch64'}));
tf = strcmp(arch, 'maca64') && ~isArm && ~isempty(machine) || ...
    any(strcmp(arch, {'maci64', 'win64', 'glnxa64'})) && isArm;
end
