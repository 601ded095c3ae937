classdef TrainingJob < handle
% TRAININGJOB  A training in the background: look at it, wait for it, stop it, fetch what it made.
%
%   JOB = touchtrain.trainInBackground(...) starts a training and gives such an object.
%   JOB = touchtrain.TrainingJob(FOLDER) attaches to one that was started before, also after a restart of MATLAB.
%   FOLDER (char or string) is the folder of the job: in touchtrain-jobs beside the model, unless JobFolder names it.
%
%   Properties, read anew each time:
%     Folder     the folder of the job (char); all that is known of the job is in there
%     State      'waiting', 'running', 'stopping', 'stopped', 'cancelled', 'done', 'failed', or 'lost' (its process
%                is gone without a word)
%     Progress   struct of what it tells just now: stage; while it trains epoch, epochs, batch, batches, loss, accuracy,
%                frames_per_second, seconds_left
%     History    struct of row vectors, one value for each epoch so far: loss, accuracy, val_loss, val_accuracy,
%                learning_rate
%     ModelFile  path of the model that it makes (char)
%     Cloud      of a training in the cloud a struct of what was submitted: name, region, console (a page to look at),
%                folder (in the bucket), dataset, models; else []
%     Error      of a job that failed or is lost a struct: identifier, message, log (its last lines, cell of char),
%                traceback (a file, or []); else []
%
%   Methods:
%     wait(JOB)              waits until it ends, and shows how far it is. Ctrl-C ends the waiting only.
%     OK = wait(JOB, SECONDS)  waits so long at most; OK tells whether the job has ended.
%     [HISTORY, MODELPATH, REPORT] = fetchOutputs(JOB)  waits, and returns what touchtrain.train returns. The error of a
%                            job that failed is raised.
%     stop(JOB)              ends it gently: it finishes the batch, and saves the best model so far
%     cancel(JOB)            ends it at once, without a model
%     resume(JOB)            lets one that is cancelled, failed or lost go on in the background from its last checkpoint
%     resume(JOB, 'TrustCode', true)  also one that was not started by you on this computer, and runs a network from a
%                            Python file or trains in the cloud
%     plot(JOB)              draws the curves so far; plot(JOB, 'File', FILE) saves them as touchtrain.plotHistory does
%     LINES = logs(JOB)      what a training in the cloud has logged: struct array time, severity, text; printed without
%                            an output. Of one on this machine the log is log.txt in its folder.
%     remove(JOB)            removes the folder of one that has ended; the model stays
%
%   wait and fetchOutputs take 'Verbose' false, which shows nothing, and 'Plots' 'training-progress', which draws the
%   curves with a button that stops the training, where there is a display.
%
%   In MATLAB a job can be saved and loaded like any variable. GNU Octave cannot save objects: save JOB.Folder there,
%   and attach with touchtrain.TrainingJob(FOLDER).
%
%   Example
%     job = touchtrain.trainInBackground('set', 'model.h5', 'MaxEpochs', 20);
%     disp(job.State);
%     [history, modelPath] = fetchOutputs(job);
%
%   See also touchtrain.trainInBackground, touchtrain.trainOnCloud, touchtrain.train, touchtrain.resume,
%   touchtrain.inspect
    properties (SetAccess = private)
        Folder = '' % all else is in there
    end
    properties (Dependent, SetAccess = private)
        State
        Progress
        History
        ModelFile
        Cloud
        Error
    end
    properties (Access = private)
        seen = 0 % how much of what the job tells was shown while waiting
    end
    methods
        function job = TrainingJob(folder)
            touchtrain.internal.options.needInputs(nargin, 1, 'touchtrain.TrainingJob(folder)');
            if isstruct(folder) % as saveobj made it; the job may be out of reach where it is loaded
                job.Folder = folder.Folder;
                return
            end
            if touchtrain.internal.values.isText(folder) && ~isempty(regexp(char(folder), '^\w+://', 'once'))
                error('TouchTrain:BadJob', ['%s is the folder of a job in the cloud. Fetch its model with ' ...
                    'touchtrain.fetchModel(source, modelFile).'], char(folder));
            end
            status = touchtrain.internal.python.askPython('job_status', ...
                touchtrain.internal.values.absolutePath(folder, 'folder'));
            if ~strcmp(status.command, 'train')
                error('TouchTrain:BadJob', ['The job in %s is a %s, not a training. ' ...
                    'Look at it with touchtrain.inspect.'], status.folder, touchtrain.internal.jobs.jobWords(status));
            end
            job.Folder = status.folder;
        end

        function state = get.State(job)
            status = job.status();
            state = status.state;
        end

        function progress = get.Progress(job)
            status = job.status();
            progress = status.progress;
        end

        function history = get.History(job)
            history = touchtrain.internal.jobs.jobHistory(job.Folder);
        end

        function file = get.ModelFile(job)
            status = job.status();
            file = status.makes;
        end

        function cloud = get.Cloud(job)
            status = job.status();
            cloud = status.cloud;
        end

        function fault = get.Error(job)
            status = job.status();
            fault = status.error;
            if ~isempty(fault)
                fault = struct('identifier', fault.identifier, 'message', fault.text, 'log', {fault.log}, ...
                    'traceback', fault.traceback);
            end
        end

        function ended = wait(job, varargin)
            % WAIT  Wait until the job ends, or for a time, and tell whether it has ended.
            seconds = Inf;
            if ~isempty(varargin) && ~touchtrain.internal.values.isText(varargin{1})
                seconds = varargin{1};
                varargin(1) = [];
                if ~isnumeric(seconds) || numel(seconds) ~= 1 || ~(seconds >= 0)
                    error('TouchTrain:BadOption', 'The time to wait must be a number of seconds, 0 or more.');
                end
            end
            how = touchtrain.internal.jobs.watchOptions(varargin);
            how.seconds = double(seconds);
            how.seen = job.seen;
            status = job.status();
            ended = touchtrain.internal.jobs.jobHasEnded(status);
            if ~ended
                [ended, job.seen] = touchtrain.internal.jobs.watchJob(status, how);
            end
            if nargout == 0
                clear('ended');
            end
        end

        function [history, modelPath, report] = fetchOutputs(job, varargin)
            % FETCHOUTPUTS  Wait until the job ends, and return history, path of the model, and report.
            job.wait(Inf, varargin{:});
            [history, modelPath, report] = touchtrain.internal.jobs.trainingOutputs( ...
                touchtrain.internal.jobs.jobResult(job.Folder), false);
        end

        function stop(job)
            % STOP  End the job gently: it finishes the batch, and saves the best model so far.
            touchtrain.internal.python.askPython('stop_job', job.Folder);
        end

        function cancel(job)
            % CANCEL  End the job at once, without a model.
            touchtrain.internal.python.askPython('cancel_job', job.Folder);
        end

        function resume(job, varargin)
            % RESUME  Let a job that is cancelled, failed or lost go on in the background.
            given = touchtrain.internal.options.ownOptions(varargin, struct('TrustCode', false));
            trusts = touchtrain.internal.options.trustsCode(given.TrustCode);
            status = job.status();
            touchtrain.internal.python.askPython('resume_job', job.Folder, trusts);
            job.seen = status.seen;
        end

        function lines = logs(job)
            % LOGS  What a training in the cloud has logged.
            if isempty(job.Cloud)
                error('TouchTrain:BadJob', 'This training is not in the cloud, or not yet. Its log is %s.', ...
                    fullfile(job.Folder, 'log.txt'));
            end
            lines = touchtrain.internal.python.askPython('cloud_logs', job.Folder);
            if nargout == 0
                for k = 1:numel(lines)
                    touchtrain.internal.values.show('%s %-8s %s\n', lines(k).time, lines(k).severity, lines(k).text);
                end
                clear('lines');
            end
        end

        function remove(job)
            % REMOVE  Remove the folder of a job that has ended; the model stays.
            touchtrain.internal.python.askPython('remove_job', job.Folder);
        end

        function fig = plot(job, varargin)
            % PLOT  Draw the curves so far, as touchtrain.plotHistory does.
            history = job.History;
            if isempty(history.loss)
                error('TouchTrain:BadJob', 'No epoch of the job %s is over yet, so there are no curves.', job.Folder);
            elseif nargout > 0
                fig = touchtrain.plotHistory(history, varargin{:});
            else
                touchtrain.plotHistory(history, varargin{:});
            end
        end

        function disp(job)
            % DISP  Print how the job is doing.
            if numel(job) ~= 1
                fprintf('  %s of touchtrain.TrainingJob\n', touchtrain.internal.values.countText(numel(job), 'object'));
                return
            end
            try
                touchtrain.internal.jobs.printJob(job.status());
            catch err
                touchtrain.internal.values.show('Training %s\n  %s\n', job.Folder, err.message);
            end
        end

        function saved = saveobj(job)
            % SAVEOBJ  What of it goes into a .mat file: its folder.
            saved = struct('Folder', job.Folder);
        end
    end
    methods (Access = private)
        function found = status(job)
            found = touchtrain.internal.python.askPython('job_status', job.Folder);
        end
    end
    methods (Static)
        function job = loadobj(saved)
            % LOADOBJ  Attach to the job again after it was loaded from a .mat file.
            job = touchtrain.TrainingJob(saved);
        end
    end
end
