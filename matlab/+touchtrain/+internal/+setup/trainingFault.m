function text = trainingFault(facts, kind)
% TRAININGFAULT  Why the packages for training cannot be installed into a Python, '' if they can.
%
%   TEXT = TRAININGFAULT(FACTS) and TRAININGFAULT(FACTS, KIND): FACTS is the output of PYTHONFACTS of a Python that
%   runs, KIND a 'windows', 'mac' or 'linux' computer; default: this one. TensorFlow has packages for Python 3.11 to
%   3.13 with 64 bits: for the processors of Apple on macOS, and for x86-64 on Windows.
if nargin < 2
    kinds = {'windows', 'mac', 'linux'};
    kind = kinds{[ispc(), ismac(), ~ispc() && ~ismac()]};
end
text = '';
if facts.version(1) ~= 3 || facts.version(2) < 11 || facts.version(2) > 13
    text = sprintf('Python %d.%d', facts.version);
elseif facts.bits ~= 64
    text = '32 bits';
elseif strcmp(kind, 'mac') && strcmpi(facts.machine, 'x86_64')
    text = 'for Intel processors, for which TensorFlow has no packages on macOS';
elseif strcmp(kind, 'windows') && strcmpi(facts.machine, 'ARM64')
    text = 'for ARM processors, for which TensorFlow has no packages on Windows';
end
end
