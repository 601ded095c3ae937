classdef TrainingJob < handle
% TRAININGJOB  Monitor and control a job of any kind that runs in the background.
%
%   JOB = touchtrain.trainInBackground(...) starts a training and returns this object.
%   JOB = touchtrain.curateInBackground(...) starts a curation and returns this object.
%   JOB = touchtrain.attach(...) attaches to a job of any kind that was started before, even after MATLAB restarts, by
%   its number or its name.
%   JOB = touchtrain.TrainingJob(FOLDER) does the same by the job folder (char or string): a folder in touchtrain-jobs
%   beside the model or the results, or the value of JobFolder.
%   JOB = touchtrain.TrainingJob() is attached to no job; MATLAB fills new places of an array with such objects. Its
%   Folder and State are ''.
%
%   Properties, read from the job folder each time:
%     Folder     job folder (char); it contains everything that is known about the job
%     State      'waiting', 'running', 'stopping', 'stopped', 'cancelled', 'done', 'failed', or 'lost' (the process
%                ended without reporting a result)
%     Progress   struct of the current progress: stage; during training also epoch, epochs, batch, batches, loss,
%                accuracy, frames_per_second, seconds_left
%     History    struct of row vectors, one value for each completed epoch: loss, accuracy, val_loss, val_accuracy,
%                learning_rate; empty for a job that is no training
%     ModelFile  path of the model that a training or a search writes (char); '' for other jobs
%     Output     path of what the job writes (char): the model, the dataset, the folder with the results of a curation
%     Cloud      for a training in the cloud, a struct that describes the submitted job: name, region, console (URL of
%                its web page), folder (in the bucket), dataset, models; otherwise []
%     Error      for a failed or lost job, a struct: identifier, message, log (last lines, cell array of char),
%                traceback (a file, or []); otherwise []
%
%   Methods:
%     wait(JOB)              wait until the job ends and show progress. Ctrl+C stops waiting, not the job.
%     OK = wait(JOB, LIMIT)  wait at most LIMIT, a number of seconds or a duration; OK is true if the job has ended.
%                            wait(JOB, 'Timeout', LIMIT) is the same.
%     [HISTORY, MODELPATH, REPORT] = fetchOutputs(JOB)  wait, and return the outputs of touchtrain.train. If the job
%                            failed, raise its error.
%     [MARKS, SESSION] = fetchOutputs(JOB)  the same for a curation, with the outputs of touchtrain.curate
%     RESULT = fetchOutputs(JOB)  the same for any other job, with the output of the function that starts it
%     stop(JOB)              end gently: a training finishes its batch and saves the best model so far; what is complete
%                            of a curation or conversion stays
%     cancel(JOB)            end immediately, without a model. stop and cancel print a message if the job has ended.
%     resume(JOB)            resume a cancelled, failed or lost job in the background: a training from its last
%                            checkpoint, a curation or conversion with what is not complete
%     resume(JOB, 'TrustCode', true)  also resume a job that you did not start on this computer and that uses a network
%                            from a Python file or trains in the cloud
%     resume(JOB, 'Devices', N)  also train on another number of devices of the machine, or 'all'
%     resume(JOB, 'Scheduler', ADDRESS)  go on with the workers of another cluster, or 'none': without
%     plot(JOB)              plot the curves of a training so far, and update them in the same figure when it is called
%                            again; plot(JOB, 'File', FILE) saves them as touchtrain.plotHistory does
%     LINES = logs(JOB)      log of a training in the cloud: struct array with time, severity, text; printed if there
%                            is no output. The log of a training on this computer is log.txt in its folder.
%     remove(JOB)            remove the folder of a job that has ended; the model and the results stay
%     JOB == OTHER, isequal(JOB, OTHER)  true if both are attached to the same job
%
%   In an array of jobs, wait, stop, cancel, resume and remove act on each one in turn, and OK has one element for each.
%   The other methods take one job. GNU Octave has no arrays of objects: use a cell array there.
%
%   wait and fetchOutputs accept 'Verbose', false, to show no progress, and 'Plots', 'training-progress', to plot the
%   curves with a Stop button (needs a display).
%
%   In MATLAB you can save and load a job like any variable. GNU Octave cannot save objects: save JOB.Folder there, and
%   attach with touchtrain.TrainingJob(FOLDER), or by its number with touchtrain.attach.
%
%   Example
%     job = touchtrain.trainInBackground('set', 'model.h5', 'MaxEpochs', 20);
%     disp(job.State);
%     [history, modelPath] = fetchOutputs(job);
%
%   See also touchtrain.attach, touchtrain.jobs, touchtrain.trainInBackground, touchtrain.curateInBackground,
%   touchtrain.trainOnCloud, touchtrain.train, touchtrain.resume, touchtrain.inspect
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
    properties (Access = private, Transient)
        shown = [] % figure that plot updates
    end
    methods
        function job = TrainingJob(folder)
            if nargin == 0
                return
            elseif isstruct(folder) && numel(folder) == 1 && isfield(folder, 'Folder')
                % From saveobj; the folder may not be accessible when the job is loaded.
                job.Folder = folder.Folder;
                return
            end
            if touchtrain.internal.values.isText(folder) && ~isempty(regexp(char(folder), '^\w+://', 'once'))
                error('TouchTrain:BadJob', ['%s is a job folder in the cloud. To download its model, call ' ...
                    'touchtrain.fetchModel(source, modelFile).'], char(folder));
            end
            status = touchtrain.internal.python.askPython('job_status', ...
                touchtrain.internal.values.absolutePath(folder, 'folder'));
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
            if isempty(job.Folder)
                history = touchtrain.internal.figures.curveRows(struct('loss', [], 'accuracy', [], 'val_loss', [], ...
                    'val_accuracy', [], 'learning_rate', []));
            else
                history = touchtrain.internal.jobs.jobHistory(job.Folder);
            end
        end

        function file = get.ModelFile(job)
            status = job.status();
            file = '';
            if any(strcmp(status.command, {'train', 'tune'}))
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
            limit = Inf;
            if ~isempty(varargin) && ~isstruct(varargin{1}) && ~touchtrain.internal.values.isText(varargin{1})
                limit = varargin{1};
                varargin(1) = [];
            end
            [how, given] = touchtrain.internal.jobs.watchOptions(varargin, struct('Timeout', {limit}));
            limit = touchtrain.internal.jobs.inSeconds(given.Timeout);
            began = tic();
            ended = true(size(job));
            for k = 1:numel(job)
                how.seconds = max(0, limit - toc(began));
                ended(k) = isempty(job(k).Folder) || waitForOne(job(k), how);
            end
            if nargout == 0
                clear('ended');
            end
        end

        function varargout = fetchOutputs(job, varargin)
            % FETCHOUTPUTS  Wait until the job ends, and return the outputs of the function that starts such a job.
            requireOne(job, 'fetchOutputs');
            touchtrain.internal.jobs.watchOptions(varargin); % it has no time limit
            job.wait(Inf, varargin{:});
            varargout = touchtrain.internal.jobs.jobOutputs( ...
                touchtrain.internal.jobs.jobResult(job.Folder), false, nargout);
            varargout = varargout(1:min(numel(varargout), max(1, nargout)));
        end

        function stop(job)
            % STOP  End the job gently, and keep what it has done so far, such as the best model or the marked videos.
            endEach(job, 'stop_job');
        end

        function cancel(job)
            % CANCEL  End the job immediately. A training leaves no model; what is complete of other jobs stays.
            endEach(job, 'cancel_job');
        end

        function resume(job, varargin)
            % RESUME  Resume a cancelled, failed or lost job in the background.
            given = touchtrain.internal.options.ownOptions(varargin, ...
                struct('TrustCode', false, 'Devices', [], 'Scheduler', ''));
            trusts = touchtrain.internal.options.truth(given.TrustCode, 'TrustCode');
            for k = 1:numel(job)
                one = job(k);
                requireOne(one, 'resume');
                status = one.status();
                touchtrain.internal.python.askPython('resume_job', one.Folder, trusts, ...
                    jsonencode(given.Devices), char(given.Scheduler));
                one.seen = status.seen;
            end
        end

        function lines = logs(job)
            % LOGS  Log of a training in the cloud.
            requireOne(job, 'logs');
            if isempty(job.Cloud)
                error('TouchTrain:BadJob', 'This job does not run in the cloud (yet). Its log is %s.', ...
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
            for k = 1:numel(job)
                one = job(k);
                requireOne(one, 'remove');
                touchtrain.internal.python.askPython('remove_job', one.Folder);
            end
        end

        function fig = plot(job, varargin)
            % PLOT  Plot the curves so far as touchtrain.plotHistory does, or update them.
            requireOne(job, 'plot');
            given = touchtrain.internal.options.ownOptions(varargin, struct('File', ''));
            status = job.status();
            if ~strcmp(status.command, 'train')
                error('TouchTrain:BadJob', 'The job in %s is a %s, which has no curves.', job.Folder, ...
                    status.noun);
            end
            history = job.History;
            if isempty(history.loss)
                error('TouchTrain:BadJob', 'No epoch of the job %s is complete yet, so there are no curves.', ...
                    job.Folder);
            end
            [file, visible] = touchtrain.internal.figures.pictureFile(given.File, nargout > 0, ...
                'plot(job, ''File'', ''history.png'')');
            if isempty(file) && touchtrain.internal.figures.isFigureOf(job.shown, job.Folder)
                visible = job.shown;
            end
            drawn = touchtrain.internal.figures.drawHistory(visible, history);
            if isempty(file)
                set(drawn, 'UserData', job.Folder);
                job.shown = drawn;
            end
            touchtrain.internal.figures.savePicture(drawn, file, nargout > 0);
            if nargout > 0
                fig = drawn;
            end
        end

        function tf = eq(one, other)
            % EQ  True for objects that are attached to the same job; array with one element for each object.
            sizes = {size(one), size(other)};
            shape = sizes{1 + (numel(one) == 1)};
            if numel(one) ~= 1 && numel(other) ~= 1 && ~isequal(sizes{:})
                error('TouchTrain:BadOption', ...
                    'Arrays of jobs that are compared must have the same size, or one of them is a single job.');
            elseif isa(one, 'touchtrain.TrainingJob') && isa(other, 'touchtrain.TrainingJob')
                tf = reshape(strcmp(folders(one), folders(other)), shape);
            else
                tf = false(shape);
            end
        end

        function tf = ne(one, other)
            % NE  True for objects that are not attached to the same job.
            tf = ~eq(one, other);
        end

        function tf = isequal(one, varargin)
            % ISEQUAL  True for objects, or arrays of the same size, that are attached to the same jobs.
            tf = true;
            for k = 1:numel(varargin)
                tf = tf && strcmp(class(one), class(varargin{k})) && isequal(size(one), size(varargin{k})) && ...
                    isequal(folders(one), folders(varargin{k}));
            end
        end

        function disp(job)
            % DISP  Print the status of the job, or a line for each job of an array.
            if numel(job) ~= 1
                shape = sprintf('%dx', size(job));
                fprintf('  %s array of touchtrain.TrainingJob\n', shape(1:end - 1));
            elseif isempty(job.Folder)
                fprintf('  touchtrain.TrainingJob that is attached to no job\n');
            else
                try
                    touchtrain.internal.jobs.printJob(job.status());
                catch err
                    touchtrain.internal.values.show('Job %s\n  %s\n', job.Folder, err.message);
                end
            end
            for k = 1:numel(job) * (numel(job) ~= 1)
                touchtrain.internal.values.show('  %4d  %s\n', k, lineOf(job(k)));
            end
        end

        function saved = saveobj(job)
            % SAVEOBJ  Struct that is saved to a .mat file: the folder of the job.
            saved = struct('Folder', job.Folder);
        end
    end
    methods (Access = private)
        function found = status(job)
            % Status of one job; without a job, one with the same fields as far as they are used here.
            if isempty(job.Folder)
                found = struct('state', '', 'progress', struct(), 'command', '', 'makes', '', 'cloud', [], 'error', []);
            else
                found = touchtrain.internal.python.askPython('job_status', job.Folder);
            end
        end

        function requireOne(job, name)
            % Raise an error for an array, and for an object without a job.
            if numel(job) ~= 1
                error('TouchTrain:BadJob', '%s takes one job, and this is an array of %d. Call %s(jobs(k)).', name, ...
                    numel(job), name);
            elseif isempty(job.Folder)
                error('TouchTrain:BadJob', ['This object is attached to no job. Attach to one with ' ...
                    'touchtrain.TrainingJob(folder).']);
            end
        end

        function ended = waitForOne(job, how)
            how.seen = job.seen;
            status = job.status();
            ended = touchtrain.internal.jobs.jobHasEnded(status);
            if ~ended
                [ended, job.seen] = touchtrain.internal.jobs.watchJob(status, how);
            end
        end

        function endEach(job, call)
            % Stop or cancel each job; say so where there is nothing to end.
            for k = 1:numel(job)
                one = job(k);
                if isempty(one.Folder)
                    fprintf('There is nothing to end: the object is attached to no job.\n');
                    continue
                end
                answer = touchtrain.internal.python.askPython(call, one.Folder, one.Folder);
                if answer.ended
                    touchtrain.internal.values.show('%s\n', answer.said{:});
                end
            end
        end

        function list = folders(job)
            % Folder of each object of an array, in a form that can be compared.
            list = cell(size(job));
            for k = 1:numel(job)
                list{k} = job(k).Folder;
            end
            if ispc()
                list = lower(list);
            end
        end

        function text = lineOf(job)
            % State and folder of one object of an array.
            text = '(no job)';
            if ~isempty(job.Folder)
                try
                    text = sprintf('%-9s  %s', job.State, job.Folder);
                catch
                    text = sprintf('%-9s  %s', 'gone', job.Folder);
                end
            end
        end
    end
    methods (Static)
        function job = loadobj(saved)
            % LOADOBJ  Attach to a job that was saved to a .mat file.
            job = touchtrain.TrainingJob(saved);
        end
    end
end
