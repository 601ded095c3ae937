%% Train in the background
% A training need not block MATLAB: it is a job, a process of its own that goes on when MATLAB ends. This script starts
% one, watches it, finds it again by its folder, and stops it gently. It takes about a minute.
%
% See also touchtrain.trainInBackground, touchtrain.TrainingJob, touchtrain.attach, touchtrain.jobs

%% Dataset
touchtrain.setup
folder = tempname();
mkdir(folder);
[frames, labels, names] = make_example_arrays();
dataset = fullfile(folder, 'dataset');
touchtrain.convertArrays(frames, labels, dataset, 'Recordings', names, 'Verbose', false);

%% Start
% It would train for 200 epochs.
modelFile = fullfile(folder, 'whisker.h5');
job = touchtrain.trainInBackground(dataset, modelFile, 'Network', 'small', 'MaxEpochs', 200, ...
    'ValidationPatience', Inf);
fprintf('The job is %s. Meanwhile, MATLAB is free.\n', job.State);

%% Watch
% |job.History| has the figures of all epochs so far; |touchtrain.jobs| lists the jobs of this computer.
while ~ismember(job.State, {'finished', 'failed'}) && (~isstruct(job.History) || numel(job.History.loss) < 3)
    pause(0.2);
end
touchtrain.jobs

%% Find it again
% After a restart of MATLAB, the folder of a job finds it, or its number or name in the list of jobs.
jobFolder = job.Folder;
clear('job');
job = touchtrain.attach(jobFolder);
touchtrain.plotHistory(job.History, 'File', fullfile(folder, 'so_far.png'));

%% Stop gently
% The training ends its batch, and keeps the best weights: it is a finished training with fewer epochs.
stop(job);
[history, modelPath] = fetchOutputs(job);
fprintf('%d epochs, best validation accuracy %.1f %%\n', numel(history.loss), 100 * max(history.val_accuracy));

%% Curves
curves = touchtrain.plotHistory(history);
fprintf('The model is %s\n', modelPath);
