function [kind, body] = pyframe(child, seconds)
% PYFRAME  Next frame from Python: KIND is one character, BODY a row of uint8.
%
%   KIND is '' if the process has ended, or if no frame came within SECONDS. The wire format is in octave_wire.py.

kind = '';
body = zeros(1, 0, 'uint8');
started = tic();
bytes = readUntil(child, child.Buffer, 9, started, seconds);
if numel(bytes) >= 9
    count = 9 + double(typecast(bytes(2:9), 'uint64'));
    if numel(bytes) < count
        bytes = readUntil(child, bytes, count, started, seconds);
    end
    if numel(bytes) >= count
        kind = char(bytes(1));
        body = bytes(10:count);
        bytes = bytes(count + 1:end);
    end
end
child.Buffer = bytes;
end

function bytes = readUntil(child, bytes, count, started, seconds)
    % BYTES and what comes until there are COUNT, but never waiting inside a read: Ctrl-C would not be noticed.
    chunks = {bytes};
    missing = count - numel(bytes);
    file = child.FromPython;
    polls = 0;
    while missing > 0
        wanted = missing;
        if ~child.IsBlocking
            wanted = max(wanted, 65536);
        end
        chunk = fread(file, [1, wanted], '*uint8');
        if ~isempty(chunk)
            chunks{end + 1} = chunk; %#ok<AGROW>
            missing = missing - numel(chunk);
            polls = 0;
            continue
        end
        fclear(file);   % 'nothing yet' looks like the end of a file
        if ~isempty(child.Ending) || (seconds < Inf && toc(started) > seconds)
            break
        end
        polls = polls + 1;
        pypause(child, polls);
    end
    bytes = [chunks{:}];
end
