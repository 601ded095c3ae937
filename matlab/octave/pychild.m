classdef pychild < handle
% PYCHILD  What Octave knows about its Python process; the functions in private/ work on it.
%
%   See also PYENV

    properties
        Version = '';           % executable asked for with pyenv('Version', ...)
        Release = '';           % manner of arrays, fixed when the process starts
        Pid = -1;               % -1: no process
        Ending = '';            % how the process ended, once it has
        WasLoaded = false;      % there was one before
        Generation = 0;         % counts the processes; objects of an older one are refused
        ToPython = -1;          % file ids of the two pipes
        FromPython = -1;
        IsBlocking = false;     % reads wait (Windows), so never ask for more than there is
        Buffer = zeros(1, 0, 'uint8');  % bytes read and not used yet
        Sequence = 0;           % number of the last request
        Phase = 'idle';         % starting, idle, packing, sent; lost: interrupted, out of step
        Token = '';             % sent to get in step, and not come back yet
        Dropped = [];           % ids of objects that no variable holds any more
        CurrentFolder = '';     % where the process was told to stand
        Folder = '';            % for the files in which large arrays travel
        Files = {};             % files of the request under way
        FileCount = 0;
        About = struct();       % Version, Executable, Library, Home of the running Python
    end
end
