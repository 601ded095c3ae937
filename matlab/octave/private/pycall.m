function value = pycall(operation, varargin)
% PYCALL  Send one request to Python, show what it prints, and give back its answer.
%
%   VALUE = PYCALL('chain', OBJECT, STEPS) walks STEPS, a struct array as SUBSREF gets it.
%   PYCALL('assign', OBJECT, STEPS, VALUE) assigns as SUBSASGN does.
%   VALUE = PYCALL('function', NAME, VALUE1, ...) runs a function of octave_conversions.py.
%
%   Ctrl-C interrupts the call in Python too; the pipe is brought in step before the next request.

child = pysession();
pystart(child);
stopIfInterrupted();
switch child.Phase
    case 'idle'
    case 'lost'
        pyresync(child);
    otherwise
        error('MATLAB:Python:Busy', 'Python is in a call already, and can do one at a time.');
end
guard = onCleanup(@() pyunwind(child)); %#ok<NASGU>
child.Phase = 'packing';
sequence = mod(child.Sequence + 1, 2^32);
child.Sequence = sequence;
body = pypack(child, sequence, operation, varargin);
kind = 'Q';
if numel(body) > 32000
    kind = 'F';     % a frame that does not fit in the pipe could be cut in two by Ctrl-C
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
        'The answer of the Python process is not the one to this call. The process was ended.');
elseif kind == 'E'
    child.Phase = 'idle';
    raisePythonError(body);
end
value = pyunpack(child, body, 5);
child.Phase = 'idle';
end

function stopIfInterrupted()
    % Octave takes a Ctrl-C that comes while an object is deleted for done, and only warns: it ends what runs here.
    swallowed = {'interrupt occurred in handle class delete method', ...
        'onCleanup: interrupt occurred in cleanup action'};
    if any(strcmp(lastwarn(), swallowed))
        lastwarn('');
        error('MATLAB:Python:Interrupted', 'Ctrl-C was pressed, so this call to Python was not made.');
    end
end

function raiseEnding(child)
    ending = child.Ending;
    pystop(child);
    error('MATLAB:Python:ProcessDied', ...
        'The Python process %s during the call. Its objects are gone; the next call starts a new process.', ending);
end

function raisePythonError(body)
    [identifier, position] = pyuntext(body, 5);
    message = pyuntext(body, position);
    noStack = struct('file', {}, 'name', {}, 'line', {}, 'column', {});
    error(struct('identifier', identifier, 'message', message, 'stack', noStack));
end
