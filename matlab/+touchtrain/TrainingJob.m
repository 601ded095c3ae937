classdef TrainingJob < handle
% TRAININGJOB  Monitor and control a training or curation that runs in the background.
%
%   JOB = touchtrain.trainInBackground(...) starts a training and returns this object.
%   JOB = touchtrain.curateInBackground(...) starts a curation and returns this object.
%   JOB = touchtrain.TrainingJob(FOLDER) attaches to a job that was started before, even after MATLAB restarts. FOLDER
%   (char or string) is the job folder: a folder in touchtrain-jobs beside the model or the results, or the value of
%   JobFolder.
%
%   Properties, read from the job folder each time:
%     Folder     job folder (char); it contains everything that is known about the job
%     State      'waiting', 'running', 'stopping', 'stopped', 'cancelled', 'done', 'failed', or 'lost' (the process
%                ended without reporting a result)
%     Progress   struct of the current progress: stage; during training also epoch, epochs, batch, batches, loss,
%                accuracy, frames_per_second, seconds_left
%     History    struct of row vectors, one value for each completed epoch: loss, accuracy, val_loss, val_accuracy,
%                learning_rate
%     ModelFile  path of the model that a training writes (char); '' for a curation
%     Output     path of what the job writes (char): the model, or the folder with the results of a curation
%     Cloud      for a training in the cloud, a struct that describes the submitted job: name, region, console (URL of
%                its web page), folder (in the bucket), dataset, models; otherwise []
%     Error      for a failed or lost job, a struct: identifier, message, log (last lines, cell array of char),
%                traceback (a file, or []); otherwise []
%
%   Methods:
%     wait(JOB)              wait until the job ends and show progress. Ctrl+C stops waiting, not the job.
%     OK = wait(JOB, SECONDS)  wait at most SECONDS; OK is true if the job has ended.
%     [HISTORY, MODELPATH, REPORT] = fetchOutputs(JOB)  wait, and return the outputs of touchtrain.train. If the job
%                            failed, raise its error.
%     [MARKS, SESSION] = fetchOutputs(JOB)  the same for a curation, with the outputs of touchtrain.curate
%     stop(JOB)              finish the current batch, save the best model so far, and end; the videos that a curation
%                            has marked stay
%     cancel(JOB)            end immediately, without a model
%     resume(JOB)            resume a cancelled, failed or lost job in the background from its last checkpoint, or a
%                            curation at the first video that is not marked
%     resume(JOB, 'TrustCode', true)  also resume a job that you did not start on this computer and that uses a network
%                            from a Python file or trains in the cloud
%     plot(JOB)              plot the curves so far; plot(JOB, 'File', FILE) saves them as touchtrain.plotHistory does
%     LINES = logs(JOB)      log of a training in the cloud: struct array with time, severity, text; printed if there
%                            is no output. The log of a training on this computer is log.txt in its folder.
%     remove(JOB)            remove the folder of a job that has ended; the model and the results stay
%
%   wait and fetchOutputs accept 'Verbose', false, to show no progress, and 'Plots', 'training-progress', to plot the
%   curves with a Stop button (needs a display).
%
%   In MATLAB you can save and load a job like any variable. GNU Octave cannot save objects: save JOB.Folder there, and
%   attach with touchtrain.TrainingJob(FOLDER).
%
%   Example
%     job = touchtrain.trainInBackground('set', 'model.h5', 'MaxEpochs', 20);
%     disp(job.State);
%     [history, modelPath] = fetchOutputs(job);
%
%   See also touchtrain.trainInBackground, touchtrain.trainOnCloud, touchtrain.train, touchtrain.curateInBackground,
%   touchtrain.resume, touchtrain.inspect
    properties (SetAccess = private)
        Folder = '' % the other properties are read from it
    end
    properties (Dependent, SetAccess = private)
        State
        Progress
        History
        ModelFile
        Output
        Cloud
        Error
    end
    properties (Access = private)
        seen = 0 % number of messages of the job that wait has shown
    end
    methods
        function job = TrainingJob(folder)
            touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.TrainingJob(folder)');
            if isstruct(folder) % from saveobj; the folder may not be accessible when the job is loaded
                job.Folder = folder.Folder;
                return
            end
            if touchtrain.internal.values.isText(folder) && ~isempty(regexp(char(folder), '^\w+://', 'once'))
                error('TouchTrain:BadJob', ['%s is a job folder in the cloud. To download its model, call ' ...
                    'touchtrain.fetchModel(source, modelFile).'], char(folder));
            end
            status = touchtrain.internal.python.askPython('job_status', ...
                touchtrain.internal.values.absolutePath(folder, 'folder'));
            if ~any(strcmp(status.command, {'train', 'curate'}))
                error('TouchTrain:BadJob', ['The job in %s is a %s, not a training or a curation. ' ...
                    'To see its status, call touchtrain.inspect.'], status.folder, ...
                    touchtrain.internal.jobs.jobNames(status));
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
            file = '';
            if strcmp(status.command, 'train')
                file = status.makes;
            end
        end

        function path = get.Output(job)
            status = job.status();
            path = status.makes;
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
            % WAIT  Wait until the job ends or a time limit is reached; true if the job has ended.
            seconds = Inf;
            if ~isempty(varargin) && ~touchtrain.internal.values.isText(varargin{1})
                seconds = varargin{1};
                varargin(1) = [];
                if ~isnumeric(seconds) || numel(seconds) ~= 1 || ~(seconds >= 0)
                    error('TouchTrain:BadOption', 'The time limit must be a nonnegative number of seconds.');
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

        function varargout = fetchOutputs(job, varargin)
            % FETCHOUTPUTS  Wait until the job ends, and return the outputs of touchtrain.train or touchtrain.curate.
            job.wait(Inf, varargin{:});
            result = touchtrain.internal.jobs.jobResult(job.Folder);
            if isfield(result, 'history')
                [varargout{1:3}] = touchtrain.internal.jobs.trainingOutputs(result, false);
            else
                [varargout{1:2}] = touchtrain.internal.curation.curationOutputs(result.report, false, nargout);
            end
            varargout = varargout(1:min(numel(varargout), max(1, nargout)));
        end

        function stop(job)
            % STOP  Finish the current batch, keep the best model or the marked videos so far, and end the job.
            touchtrain.internal.python.askPython('stop_job', job.Folder);
        end

        function cancel(job)
            % CANCEL  End the job immediately. A training leaves no model; videos that are marked stay.
            touchtrain.internal.python.askPython('cancel_job', job.Folder);
        end

        function resume(job, varargin)
            % RESUME  Resume a cancelled, failed or lost job in the background.
            given = touchtrain.internal.options.ownOptions(varargin, struct('TrustCode', false));
            trusts = touchtrain.internal.options.truth(given.TrustCode, 'TrustCode');
            status = job.status();
            touchtrain.internal.python.askPython('resume_job', job.Folder, trusts);
            job.seen = status.seen;
        end

        function lines = logs(job)
            % LOGS  Log of a training in the cloud.
            if isempty(job.Cloud)
                error('TouchTrain:BadJob', 'This training does not run in the cloud (yet). Its log is %s.', ...
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
            % REMOVE  Remove the folder of a job that has ended. What it wrote stays.
            touchtrain.internal.python.askPython('remove_job', job.Folder);
        end

        function fig = plot(job, varargin)
            % PLOT  Plot the curves so far with touchtrain.plotHistory.
            status = job.status();
            if ~strcmp(status.command, 'train')
                error('TouchTrain:BadJob', 'The job in %s is a curation, which has no curves.', job.Folder);
            end
            history = job.History;
            if isempty(history.loss)
                error('TouchTrain:BadJob', 'No epoch of the job %s is complete yet, so there are no curves.', ...
                    job.Folder);
            elseif nargout > 0
                fig = touchtrain.plotHistory(history, varargin{:});
            else
                touchtrain.plotHistory(history, varargin{:});
            end
        end

        function disp(job)
            % DISP  Print the status of the job.
            if numel(job) ~= 1
                fprintf('  %s of touchtrain.TrainingJob\n', touchtrain.internal.values.countText(numel(job), 'object'));
                return
            end
            try
                touchtrain.internal.jobs.printJob(job.status());
            catch err
                touchtrain.internal.values.show('Job %s\n  %s\n', job.Folder, err.message);
            end
        end

        function saved = saveobj(job)
            % SAVEOBJ  Struct that is saved to a .mat file: the folder of the job.
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
            % LOADOBJ  Attach to a job that was saved to a .mat file.
            job = touchtrain.TrainingJob(saved);
        end
    end
end
