classdef pychild < handle
% PYCHILD  State of the Python process in Octave, used by the functions in private/.
%
%   See also PYENV

    properties
        Version = '';           % executable set with pyenv('Version', ...)
        Release = '';           % MATLAB release whose array conversion applies, fixed when the process starts
        Pid = -1;               % -1: no process
        Ending = '';            % how the process ended, once it has
        WasLoaded = false;      % a process has run before
        Generation = 0;         % number of the process; objects of an older process are rejected
        ToPython = -1;          % file ids of the two pipes
        FromPython = -1;
        IsBlocking = false;     % reads block (Windows), so never read more than is expected
        Buffer = zeros(1, 0, 'uint8');  % bytes read but not yet used
        Sequence = 0;           % number of the last request
        Phase = 'idle';         % starting, idle, packing, sent, or lost (interrupted, out of sync)
        Token = '';             % sent to resynchronize, and not yet returned
        Dropped = [];           % ids of objects that no variable references any more
        CurrentFolder = '';     % current folder of the process
        Folder = '';            % folder of the files that transfer large arrays
        Files = {};             % files of the current request
        FileCount = 0;
        About = struct();       % Version, Executable, Library, Home of the running Python
    end
end
