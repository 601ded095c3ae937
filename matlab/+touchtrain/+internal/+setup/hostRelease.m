function [host, range, release] = hostRelease()
% HOSTRELEASE  The name of this MATLAB or Octave, and the versions of Python that it loads.
%
%   [HOST, RANGE, RELEASE] = HOSTRELEASE(): RANGE is [lowest highest] minor version of Python 3. In Octave, where py.
%   runs whatever there is, it is [] and RELEASE is ''; in a MATLAB that is too old for TouchTrain it is [], too.
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
