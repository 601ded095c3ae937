function test_mark_threads()
% Whether a thread of Python runs on while MATLAB does something else. TouchTrain's jobs are processes.
probe = marks_python();
probe.start_ticking(3);
before = double(probe.ticks());
pause(0.5);
between = double(probe.ticks());
began = tic;
while toc(began) < 0.5
end
after = double(probe.ticks());
mark('Ticks of 10 ms that a thread makes in pause(0.5)', sprintf('%d', between - before));
mark('Ticks of 10 ms that a thread makes in a busy loop of 0.5 s', sprintf('%d', after - between));
end
