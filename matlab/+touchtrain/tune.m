function result = tune(dataset, modelFile, search, varargin)
% TUNE  Search for good settings: train with many, and keep the best model.
%
%   touchtrain.tune(DATASET, MODELFILE, SEARCH) trains on the folder DATASET again and again, each time with other
%   values of the options that SEARCH names, and saves as MODELFILE (char or string; .h5 is added where it is missing)
%   the network that does best on the held-out recordings. SEARCH is a struct whose fields are options of
%   touchtrain.train:
%     two numbers   a range, searched by orders of magnitude where it spans ten times or more:
%                   search.InitialLearnRate = [1e-4 1e-2]
%     a cell        the values to try: search.Augment = {'legacy', 'standard'}, search.MiniBatchSize = {32, 64}
%   One line on the screen shows how far it is, and each trial is told when it is over. At the end a table says what
%   came of them, the best one first.
%
%   RESULT = touchtrain.tune(...) returns a struct:
%     trials         struct array, one a trial: number, values (struct), figure ([] where it failed), best_epoch,
%                    epochs, seconds, failed, stopped
%     best_settings  struct of the best values; touchtrain.train(DATASET, FILE, RESULT.best_settings) takes it
%     best, figure, monitor   the best trial, its figure, and which figure it is
%     importance     struct: how much of the figure's spread each option accounts for, 0 to 1; [] with few trials
%     model_path, history, report   of the best trial, as touchtrain.train returns them
%     stopped        whether it was asked to stop before
%
%   ... = touchtrain.tune(..., 'Name', value, ...) sets options, those of touchtrain.train without Plots;
%   touchtrain.options('tune') prints them all. Of use here:
%     'Trials'               how many trainings at most, default 20
%     'ObjectiveMetricName'  the figure by which they are compared, default 'loss'; 'f1', 'event-error' and others
%   The first trial is done with the options as they are, if they are among what is searched.
%
%   The search runs in a Python process of its own. Ctrl-C gives the prompt back and lets it go on; it is said how to
%   look at it and how to stop it gently. touchtrain.resume, or the same call again, goes on with one that was broken
%   off: no finished trial is done again. From the end of the first trial on the best model so far is in MODELFILE.
%
%   Example
%     search = struct('InitialLearnRate', [1e-4 1e-2]);
%     search.Augment = {'legacy', 'standard'};
%     result = touchtrain.tune('set', 'model.h5', search, 'Trials', 10, 'MaxEpochs', 20);
%     disp(result.best_settings);
%
%   See also touchtrain.train, touchtrain.resume, touchtrain.options
touchtrain.internal.options.needInputs(nargin, 3, 'touchtrain.tune(dataset, modelFile, search, ''Name'', value, ...)');
pairs = touchtrain.internal.options.trainingPaths(touchtrain.internal.options.nameValues(varargin));
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
modelFile = touchtrain.internal.values.absolutePath(modelFile, 'modelFile');
made = touchtrain.internal.jobs.runJob(pairs, 'tune', dataset, modelFile, ...
    touchtrain.internal.options.searchJson(search));
if double(touchtrain.internal.options.optionValue(pairs, 'Verbose', true)) == 1
    fprintf('%s\n', made.summary{:});
end
if nargout > 0
    result = touchtrain.internal.jobs.tuningResult(made);
end
end
