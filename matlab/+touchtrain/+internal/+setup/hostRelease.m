function [host, range, release] = hostRelease()
% HOSTRELEASE  Name of this MATLAB or Octave, and the Python versions it can load.
%
%   [HOST, RANGE, RELEASE] = HOSTRELEASE(): RANGE is the [lowest highest] minor version of Python 3. In Octave, which
%   can load any version, RANGE is [] and RELEASE is ''. RANGE is also [] in a MATLAB that is too old for TouchTrain.
range = [];
release = '';
if touchtrain.internal.values.isOctave()
    host = ['GNU Octave ' OCTAVE_VERSION()]; % Octave only
else
    release = version('-release'); % MATLAB only
    host = ['MATLAB R' release];
    range = touchtrain.internal.setup.pythonRange(release);
end
end
