function result = tune(dataset, modelFile, search, varargin)
% TUNE  Search for the best training options and keep the best model.
%
%   touchtrain.tune(DATASET, MODELFILE, SEARCH) trains on the folder DATASET repeatedly, each time with different values
%   of the options in SEARCH, and saves the network that performs best on the held-out recordings as MODELFILE (char or
%   string; .h5 is added if missing). SEARCH is a struct whose fields are options of touchtrain.train:
%     two numbers   a range, searched on a logarithmic scale if its ends differ by a factor of 10 or more:
%                   search.InitialLearnRate = [1e-4 1e-2]
%     cell array    the values to try: search.Augment = {'legacy', 'standard'}, search.MiniBatchSize = {32, 64}
%   One line on the screen shows progress, and each trial is reported when it ends. At the end a table lists the
%   results, best first.
%
%   RESULT = touchtrain.tune(...) returns a struct:
%     trials         struct array, one element per trial: number, values (struct), figure ([] if it failed), best_epoch,
%                    epochs, seconds, failed, stopped
%     best_settings  struct of the best values, which you can pass to touchtrain.train(DATASET, FILE, ...)
%     best, figure, monitor   the best trial, the value of its figure, and the name of that figure
%     importance     struct: fraction of the spread of the figure that each option explains, 0 to 1; [] if there are few
%                    trials
%     model_path, history, report   of the best trial, as touchtrain.train returns them
%     stopped        true if the search was stopped before it was complete
%
%   ... = touchtrain.tune(..., 'Name', value, ...) sets options: the options of touchtrain.train, except Plots, and
%   those below. touchtrain.options('tune') lists all.
%     'Trials'               maximum number of trainings, default 20
%     'ObjectiveMetricName'  figure that ranks the trials, default 'loss'; 'f1', 'event-error' and others
%     'Scheduler'            address of the scheduler of a dask cluster whose workers run the trials, e.g.
%                            'tcp://lab-server:8786'. They must see DATASET and the folder of MODELFILE under the same
%                            paths as this computer.
%     'CoresPerTraining', 'MemoryPerTraining'   cores and gigabytes of each trial on a worker; default: the cores of the
%                            smallest worker, and the part of its memory that belongs to them
%     'ParallelTrials'       trials at the same time on a cluster, default 4. What is tried depends on it.
%   The first trial uses the options as they are, if they are within SEARCH.
%
%   The search runs in a separate Python process. Ctrl+C returns to the prompt, and the search continues; the commands
%   to stop it, cancel it and attach to it are printed. To resume an interrupted search, call touchtrain.resume or
%   repeat the call: no completed trial runs again. As soon as the first trial is complete, MODELFILE holds the best
%   model so far.
%
%   Example
%     search = struct('InitialLearnRate', [1e-4 1e-2]);
%     search.Augment = {'legacy', 'standard'};
%     result = touchtrain.tune('set', 'model.h5', search, 'Trials', 10, 'MaxEpochs', 20);
%     disp(result.best_settings);
%
%   See also touchtrain.train, touchtrain.resume, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 3, ...
    'touchtrain.tune(dataset, modelFile, search, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'tune');
pairs = touchtrain.internal.options.trainingPaths(pairs);
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
modelFile = touchtrain.internal.values.absolutePath(modelFile, 'modelFile');
made = touchtrain.internal.jobs.runJob(pairs, 'tune', dataset, modelFile, ...
    touchtrain.internal.options.searchJson(search));
if touchtrain.internal.options.isOn(pairs, 'Verbose', true)
    fprintf('%s\n', made.summary{:});
end
if nargout > 0
    result = touchtrain.internal.jobs.tuningResult(made);
end
end
