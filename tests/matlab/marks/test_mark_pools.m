function test_mark_pools()
% What a person reads who calls TouchTrain where MATLAB has no py.: in a thread of backgroundPool.
mark('What a call in a pool of threads says', @() of_a_thread());
end

function text = of_a_thread()
if touchtrain.internal.values.isOctave()
    skip_test('Octave has no pools');
end
future = parfeval(backgroundPool(), @touchtrain.options, 1, 'train'); % MATLAB only
list = fetchOutputs(future);
text = sprintf('nothing: it returns %d options', numel(list));
end
