function test_training_job_ends()
% Two jobs side by side: one is stopped and keeps its model, the other is cancelled, and goes on when it is resumed.
% Trains a network.
tiny_set('set');
options = [tiny_network(), {'ValidationPatience', Inf}];
long = touchtrain.trainInBackground('set', 'long', options{:}, 'MaxEpochs', 5000);
short = touchtrain.trainInBackground('set', 'short', options{:}, 'MaxEpochs', 2);
assert(~strcmp(long.Folder, short.Folder));
cancel(short);
expect_equal(short.State, 'cancelled');
expect_equal(wait(short, 0), true);
message = expect_error('TouchTrain:BadJob', @() fetchOutputs(short), 'cancelled');
assert(isempty(short.Error) && ~isempty(strfind(message, short.Folder)));
text = evalc('touchtrain.inspect(short.Folder)');
assert(~isempty(strfind(text, sprintf('touchtrain.resume(''%s'')', short.Folder))), 'TouchTrain:Test', '%s', text);
short.resume();
expect_equal(wait(long, 0), false);

grown = growth(long);
assert(grown(1) > 0 && grown(2) > grown(1));
expect_equal(isfile('long.h5'), false);
stop(touchtrain.TrainingJob(long.Folder));
assert(any(strcmp(long.State, {'stopping', 'stopped'})), 'TouchTrain:Test', '%s', long.State);
history = [];
modelPath = '';
report = [];
evalc('[history, modelPath, report] = fetchOutputs(long);');
expect_equal(long.State, 'stopped');
expect_equal(report.stopped, 'asked');
assert(numel(history.loss) >= grown(2) && isfile(modelPath));

evalc('history = short.fetchOutputs(''Verbose'', false);');
expect_equal(short.State, 'done');
expect_equal(size(history.loss), [1 2]);
assert(isfile('short.h5'));
expect_error('TouchTrain:BadJob', @() resume(short), short.Folder, 'done');
end

function numbers = growth(job)
% Two numbers of epochs, one after the other.
numbers = [0 0];
began = tic();
while numbers(2) <= numbers(1) && toc(began) < 60
    numbers(2) = numel(job.History.val_loss);
    if numbers(1) == 0
        numbers(1) = numbers(2);
    end
    pause(0.05);
end
end
