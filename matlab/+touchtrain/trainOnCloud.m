function job = trainOnCloud(dataset, modelFile, varargin)
% TRAINONCLOUD  Train a network on Google Cloud Vertex AI.
%
%   JOB = touchtrain.trainOnCloud(DATASET, MODELFILE, CLOUDSETTINGS) starts a local job that uploads the folder DATASET
%   to the bucket (only files that are not there yet), submits a training, monitors it, and downloads the network as
%   MODELFILE (char or string; .h5 is added if missing). It returns immediately. JOB is a touchtrain.TrainingJob, with
%   the same states, progress and curves as for a training on this computer. fetchOutputs(JOB) waits for the results,
%   stop(JOB) ends the training and keeps the best model so far, cancel(JOB) ends it immediately, logs(JOB) prints its
%   log. The training continues when you clear JOB, exit MATLAB or switch off this computer;
%   touchtrain.resume(JOB.Folder) monitors it again.
%
%   CLOUDSETTINGS is a struct. Field names are not case-sensitive, and empty fields are ignored:
%     projectID    project ID, such as 'my-lab-123456' (required)
%     mainBucket   bucket for jobs, code and models (required)
%     dataBucket   bucket for datasets; default: mainBucket
%     region       default 'us-central1'; fallbackRegions: cell array of regions to try if it has no free machine
%     machineType  default 'n1-standard-8'; accelerator, such as 'NVIDIA_TESLA_T4', default none; acceleratorCount
%     spot         true for a cheaper machine that can be withdrawn: the training then resumes on the next one
%     logDir, models   folders in the bucket for jobs and models, default 'jobs' and 'models'
%     runVersion   TensorFlow version, such as '2.21'
%     and more     such as containerImage, serviceAccount, maxWaitHours, maxRunHours
%   touchtrain.options('trainOnCloud') lists all. Google's libraries find your credentials in the usual way, for example
%   after "gcloud auth application-default login" in a terminal. No option takes a password or key.
%
%   ... = touchtrain.trainOnCloud(..., 'Name', value, ...) sets options of touchtrain.train and fields of CLOUDSETTINGS,
%   which you can then omit. A name-value argument overrides the field of the same name.
%
%   PLAN = touchtrain.trainOnCloud(..., 'DryRun', true) starts nothing and contacts no server. It prints the exact job
%   and the files to upload, and, if you set 'PricePerHour' and 'CloudSpeed' (frames/s), the maximum time and cost. PLAN
%   is a struct with job, uploads, estimate.
%
%   Example
%     cloudSettings = struct('projectID', 'my-lab-123456', 'mainBucket', 'my-lab', 'spot', true);
%     plan = touchtrain.trainOnCloud('set', 'model.h5', cloudSettings, 'MaxEpochs', 20, 'DryRun', true);
%
%   See also touchtrain.uploadDataset, touchtrain.fetchModel, touchtrain.TrainingJob, touchtrain.train,
%   touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 2, ...
    'touchtrain.trainOnCloud(dataset, modelFile, cloudSettings, ''Name'', value, ...)');
given = touchtrain.internal.options.cloudArguments(varargin);
pairs = touchtrain.internal.options.nameValues(given, 'trainOnCloud');
pairs = touchtrain.internal.options.trainingPaths(pairs);
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
modelFile = touchtrain.internal.values.absolutePath(modelFile, 'modelFile');
if touchtrain.internal.options.isOn(pairs, 'DryRun', false)
    job = touchtrain.internal.python.askPython('plan_cloud_training', dataset, modelFile, ...
        touchtrain.internal.options.optionsJson(pairs));
    fprintf('%s\n', job.page{:});
    job = rmfield(job, {'page', 'kind'});
    return
end
started = touchtrain.internal.jobs.startJob(pairs, 'trainOnCloud', dataset, modelFile);
job = touchtrain.TrainingJob(started.folder);
end
