function test_mark_speed()
% What a call and an array cost; it differs by far inside and outside MATLAB's process.
probe = marks_python();
probe.take(1);
calls = 100;
began = tic;
for k = 1:calls
    probe.take(k);
end
mark('Time of a call of Python', sprintf('%.2f ms', 1000 * toc(began) / calls));
frames = zeros(512, 512, 64, 'uint8');
probe.take(frames);
began = tic;
probe.take(frames);
mark('Time of sending 16 MB of uint8', sprintf('%.1f ms', 1000 * toc(began)));
end
