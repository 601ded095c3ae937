function test_unlock()
% What another computer holds is refused, with its name, until it is released.
[frames, labels] = tiny_arrays(24, 1);
lock = struct('format', 'touchtrain lock 1', 'pid', 7, 'started', 'then', 'host', 'rig2', 'machine', 'another', ...
    'command', 'convert videos', 'job', '', 'user', 'ann', 'token', repmat('0', 1, 16));
id = fopen('set.lock', 'w');
fprintf(id, '%s', jsonencode(lock));
fclose(id);
expect_error('TouchTrain:InUse', @() touchtrain.convertArrays(frames, labels, 'set'), 'rig2');
assert(~isfolder('set'));
released = touchtrain.unlock('set');
expect_equal(released.host, 'rig2');
assert(~isfile('set.lock'));
expect_error('TouchTrain:PathMissing', @() touchtrain.unlock('set'), 'set.lock');
touchtrain.convertArrays(frames, labels, 'set');
assert(isfolder('set') && ~isfile('set.lock'));
end
