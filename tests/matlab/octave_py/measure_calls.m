function measure_calls()
% MEASURE_CALLS  Print how long py. takes in Octave, a name and a figure a line.
%
%   tests/benchmarks/bench_bridge.py reads it.

frames = uint8(randi([0 255], 61, 61, 20000));
names = py.dict(pyargs('x', frames, 'numpy', py.importlib.import_module('numpy')));
timer = py.timeit.Timer(pyargs('stmt', 'numpy.copy(x)', 'globals', names));
n = 15;
ratios = zeros(1, n);
for k = 1:n     % in turns, so that both see the same machine
    one = timer.timeit(int32(1));
    started = tic();
    py.len(frames);
    ratios(k) = toc(started) / one;
end
fprintf('arrival %g\n', median(ratios));
small = zeros(1, 1000);
for k = 1:numel(small)
    started = tic();
    py.math.sqrt(4);
    small(k) = toc(started);
end
fprintf('call %g\n', 1000 * median(small));
end
