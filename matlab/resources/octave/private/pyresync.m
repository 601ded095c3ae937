function pyresync(child)
% PYRESYNC  After an interrupted call, skip all data up to the token that Python echoes.
%
%   Nothing follows the echo until the next request, so no frame is lost. Raises an error if Python is still busy.

if isempty(child.Token)
    child.Token = sprintf('<token %d %.0f %.0f>', child.Sequence, 1e15 * rand(), 1e9 * now());
    pysend(child, 'S', uint8(child.Token));
end
started = tic();
tail = char(child.Buffer);
child.Buffer = zeros(1, 0, 'uint8');
polls = 0;
while isempty(strfind(tail, child.Token))
    bytes = fread(child.FromPython, [1, 4096], '*uint8');
    fclear(child.FromPython);
    tail = [tail(max(1, end - 100):end), char(bytes)];
    if ~isempty(bytes)
        polls = 0;
        continue
    end
    if ~isempty(child.Ending)
        pystop(child);
        pystart(child);
        return
    end
    if toc(started) > 5
        error('MATLAB:Python:Busy', ...
            ['Python is still running the interrupted call. Try again later, or abort it with ' ...
            'terminate(pyenv).']);
    end
    polls = polls + 1;
    pypause(child, polls);
end
child.Token = '';
child.Phase = 'idle';
end
