function value = pycall(operation, varargin)
% PYCALL  Send one request to Python, show its output, and return its result.
%
%   VALUE = PYCALL('chain', OBJECT, STEPS) follows STEPS, a struct array in the form of SUBSREF.
%   PYCALL('assign', OBJECT, STEPS, VALUE) assigns as SUBSASGN does.
%   VALUE = PYCALL('function', NAME, VALUE1, ...) calls a function of octave_conversions.py.
%
%   Ctrl+C also interrupts the call in Python; the pipe is resynchronized before the next request.

child = pysession();
pystart(child);
stopIfInterrupted();
switch child.Phase
    case 'idle'
    case 'lost'
        pyresync(child);
    otherwise
        error('MATLAB:Python:Busy', 'Python is already running a call. It can run only one at a time.');
end
guard = onCleanup(@() pyunwind(child)); %#ok<NASGU>
child.Phase = 'packing';
sequence = mod(child.Sequence + 1, 2^32);
child.Sequence = sequence;
body = pypack(child, sequence, operation, varargin);
kind = 'Q';
if numel(body) > 32000
    kind = 'F';     % Ctrl+C could interrupt the transfer of a frame that does not fit in the pipe
    body = [typecast(uint64(numel(body)), 'uint8'), uint8(pyfile(child, body, 'uint8'))];
end
child.Phase = 'sent';
pysend(child, kind, body);
while true
    [kind, body] = pyframe(child, Inf);
    if kind == 'O'
        fwrite(stdout(), body, 'uint8');
        fflush(stdout());
    else
        break
    end
end
if isempty(kind)
    raiseEnding(child);
elseif ~any(kind == 'AE') || typecast(body(1:4), 'uint32') ~= sequence
    pystop(child);
    error('MATLAB:Python:ProcessDied', ...
        'The Python process returned the result of another call and was terminated.');
elseif kind == 'E'
    child.Phase = 'idle';
    raisePythonError(body);
end
value = pyunpack(child, body, 5);
child.Phase = 'idle';
end

function stopIfInterrupted()
    % Octave only warns about a Ctrl+C during the deletion of an object. Raise an error here instead.
    swallowed = {'interrupt occurred in handle class delete method', ...
        'onCleanup: interrupt occurred in cleanup action'};
    if any(strcmp(lastwarn(), swallowed))
        lastwarn('');
        error('MATLAB:Python:Interrupted', 'Ctrl+C was pressed, so Python was not called.');
    end
end

function raiseEnding(child)
    ending = child.Ending;
    pystop(child);
    error('MATLAB:Python:ProcessDied', ...
        'The Python process %s during the call. Its objects are lost; the next call starts a new process.', ending);
end

function raisePythonError(body)
    [identifier, position] = pyuntext(body, 5);
    message = pyuntext(body, position);
    noStack = struct('file', {}, 'name', {}, 'line', {}, 'column', {});
    error(struct('identifier', identifier, 'message', message, 'stack', noStack));
end
