function pysend(child, kind, body)
% PYSEND  Send a protocol frame. KIND is one character, BODY a row of uint8 that fits in an empty pipe.

fwrite(child.ToPython, [uint8(kind), typecast(uint64(numel(body)), 'uint8'), body], 'uint8');
fflush(child.ToPython);
end
