function [host, range] = hostRelease()
% HOSTRELEASE  Name of this MATLAB or Octave, and the Python versions that it loads.
%
%   [HOST, RANGE] = HOSTRELEASE(): RANGE is [lowest highest] minor version of Python 3, [] in Octave, where py. runs
%   whatever there is. A MATLAB that is too old is an error.
range = [];
if touchtrain.internal.isOctave()
    host = ['GNU Octave ' OCTAVE_VERSION()]; % Octave only
else
    release = version('-release'); % MATLAB only
    host = ['MATLAB R' release];
    range = touchtrain.internal.pythonRange(release);
    if isempty(range)
        error('TouchTrain:PythonNotFound', ...
            'TouchTrain needs MATLAB R2022b or later; this is R%s, which loads no Python newer than 3.9.', release);
    end
end
end
