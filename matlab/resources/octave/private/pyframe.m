function [kind, body] = pyframe(child, seconds)
% PYFRAME  Read the next protocol frame from Python: KIND is one character, BODY a row of uint8.
%
%   KIND is '' if the process has ended, or if no frame arrives within SECONDS. See octave_wire.py for the wire format.

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
    % Read until BYTES has COUNT elements, without blocking in a read, which would ignore Ctrl+C.
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
        fclear(file);   % an empty pipe looks like the end of a file
        if ~isempty(child.Ending) || (seconds < Inf && toc(started) > seconds)
            break
        end
        polls = polls + 1;
        pypause(child, polls);
    end
    bytes = [chunks{:}];
end
