function job = trainOnCloud(dataset, modelFile, varargin)
% TRAINONCLOUD  Train on Vertex AI of Google Cloud, watched from here.
%
%   JOB = touchtrain.trainOnCloud(DATASET, MODELFILE, CLOUDSETTINGS) starts a job here that sends the folder DATASET to
%   the bucket (only what is not there already), submits a training, watches it, and fetches the network as MODELFILE
%   (char or string; .h5 is added where it is missing). It does not wait: JOB is a touchtrain.TrainingJob, with the same
%   states, progress and curves as that of a training on this machine; fetchOutputs(JOB) waits, stop(JOB) ends the
%   training there gently, cancel(JOB) at once, logs(JOB) prints what it logs. It goes on when JOB is cleared, MATLAB
%   ends, or this machine is switched off; touchtrain.resume(JOB.Folder) watches it again.
%
%   CLOUDSETTINGS is a struct; its fields match in any case, and empty ones are as if they were not there:
%     projectID    id of the project, as 'my-lab-123456' (needed)
%     mainBucket   bucket for jobs, code and models (needed)
%     dataBucket   bucket for datasets; default: the same
%     region       default 'us-central1'; fallbackRegions: cell of those to try where it has no machine left
%     machineType  default 'n1-standard-8'; accelerator, such as 'NVIDIA_TESLA_T4', default none; acceleratorCount
%     spot         true for a cheap machine that may be taken away: the training goes on on the next one
%     logDir, models   folders in the bucket for jobs and models, default 'jobs' and 'models'
%     runVersion   version of TensorFlow, as '2.21'; containerImage, serviceAccount, maxWaitHours, maxRunHours and more
%   touchtrain.options('trainOnCloud') prints them all. Whoever runs this is known to Google's libraries by the usual
%   chain, as after "gcloud auth application-default login" in a shell; no password or key is ever an option.
%
%   ... = touchtrain.trainOnCloud(..., 'Name', value, ...) sets options, those of touchtrain.train, and those of
%   CLOUDSETTINGS, which may be left out then. An option by name takes the place of a field.
%
%   PLAN = touchtrain.trainOnCloud(..., 'DryRun', true) starts nothing and asks nobody: it prints the exact job, what
%   would be sent, and, with 'PricePerHour' and 'CloudSpeed' (frames/s), time and cost at most. PLAN is a struct with
%   job, uploads, estimate.
%
%   Example
%     cloudSettings = struct('projectID', 'my-lab-123456', 'mainBucket', 'my-lab', 'spot', true);
%     plan = touchtrain.trainOnCloud('set', 'model.h5', cloudSettings, 'MaxEpochs', 20, 'DryRun', true);
%
%   See also touchtrain.uploadDataset, touchtrain.fetchModel, touchtrain.TrainingJob, touchtrain.train,
%   touchtrain.options
touchtrain.internal.options.needInputs(nargin, 2, ...
    'touchtrain.trainOnCloud(dataset, modelFile, cloudSettings, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(touchtrain.internal.options.cloudArguments(varargin));
pairs = touchtrain.internal.options.trainingPaths(pairs);
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
modelFile = touchtrain.internal.values.absolutePath(modelFile, 'modelFile');
if double(touchtrain.internal.options.optionValue(pairs, 'DryRun', false)) == 1
    job = touchtrain.internal.python.askPython('plan_cloud_training', dataset, modelFile, ...
        touchtrain.internal.options.optionsJson(pairs));
    fprintf('%s\n', job.page{:});
    job = rmfield(job, {'page', 'kind'});
    return
end
started = touchtrain.internal.jobs.startJob(pairs, 'trainOnCloud', dataset, modelFile);
job = touchtrain.TrainingJob(started.folder);
end
