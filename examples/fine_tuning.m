%% Go on from an older model
% A model of last year meets recordings of this year: another pole, other light. Instead of beginning anew, a training
% goes on from the old model, and the report says whether the new one is better on recordings that neither has seen. It
% takes about two minutes.
%
% See also make_example_arrays, touchtrain.train, touchtrain.describe, touchtrain.addCorrections

%% The older model
% It has seen the recordings of one year. Files of Keras 2 work, too.
touchtrain.setup
folder = tempname();
mkdir(folder);
[frames, labels, names] = make_example_arrays(1);
touchtrain.convertArrays(frames, labels, fullfile(folder, 'last_year'), 'Recordings', names, 'Verbose', false);
options = {'Network', 'small', 'ValidationFraction', 0.3};
[~, oldModel] = touchtrain.train(fullfile(folder, 'last_year'), fullfile(folder, 'old.h5'), options{:}, ...
    'MaxEpochs', 6);

%% The recordings of this year
% They are darker and of lower contrast. A quarter of them is held out for the test.
[frames, labels] = make_example_arrays(2);
[further, furtherLabels] = make_example_arrays(3);
frames = cellfun(@(one) uint8(20 + 0.5 * double(one)), [frames further], 'UniformOutput', false);
names = arrayfun(@(k) sprintf('this_year%02d', k), 1:numel(frames), 'UniformOutput', false);
dataset = fullfile(folder, 'this_year');
touchtrain.convertArrays(frames, [labels furtherLabels], dataset, 'Recordings', names, 'Verbose', false);

%% Training
% |'FreezeConvolutions'|, true, would train the last layers only, which is for very few recordings.
[history, newModel, report] = touchtrain.train(dataset, fullfile(folder, 'new.h5'), options{:}, ...
    'InitialModel', oldModel, 'MaxEpochs', 6, 'InitialLearnRate', 3e-4, 'TestFraction', 0.4);

%% Is it better?
% The verdict says so, or that the difference may be chance. The report has the table.
for finding = report.verdict(:)'
    fprintf('%s: %s\n', finding.kind, finding.text);
end
curves = touchtrain.plotHistory(history);
fprintf('The report is %s\n', fullfile(folder, 'new.report', 'report.html'));
