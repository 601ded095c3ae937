function test_cloud_settings()
% What is told of the cloud without asking it: options, plans, and what is wrong.
tiny_set('set');
settings = struct('projectID', 'my-lab-123456', 'mainBucket', 'my-lab', 'dataBucket', '', 'runVersion', []);
check_options();
check_plan(settings);
check_faults(settings);
check_jobs();
end

function check_options()
listed = touchtrain.options('trainOnCloud');
expect_equal(unique({listed.command}), {'trainOnCloud'});
names = {'ProjectID', 'MainBucket', 'DataBucket', 'DataName', 'Region', 'FallbackRegions', 'LogDir', 'Models', ...
    'RunVersion', 'MachineType', 'Accelerator', 'AcceleratorCount', 'Spot', 'ContainerImage', 'ServiceAccount', ...
    'MaxWaitHours', 'MaxRunHours', 'PricePerHour', 'CloudSpeed', 'Upload', 'Fetch', 'DryRun'};
ofTraining = touchtrain.options('trainInBackground');
expect_equal(sort({listed.name}), sort([{ofTraining.name}, names]));
expect_equal(listed(strcmp({listed.name}, 'Region')).default, 'us-central1');
listed = touchtrain.options('uploadDataset');
expect_equal(sort({listed.name}), ...
    {'DataBucket', 'DataName', 'JobFolder', 'MainBucket', 'ProjectID', 'Verbose'});
end

function check_plan(settings)
% A dry run tells the exact job, and starts nothing.
settings.Accelerator = 'NVIDIA_TESLA_T4';
settings.fallbackRegions = {'us-east1', 'us-west1'};
[page, plan] = dry_run(settings, 'MachineType', 'n1-standard-4', 'MaxEpochs', 10, 'PricePerHour', 2, ...
    'CloudSpeed', 0.03);
expect_equal(fieldnames(plan)', {'job', 'uploads', 'estimate'});
expect_equal(plan.job.displayName, 'whiskers');
machine = machine_of(plan);
expect_equal({machine.machineType, machine.acceleratorType}, {'n1-standard-4', 'NVIDIA_TESLA_T4'});
expect_equal([plan.uploads.files], [10 1]);
assert(plan.uploads(1).bytes > 0 && strncmp(plan.uploads(1).to, 'gs://my-lab/datasets/', 21));
expect_equal(plan.estimate.cost, 2 * plan.estimate.hours);
assert(~isempty(regexp(page, 'us-central1[^\n]*us-east1[^\n]*us-west1', 'once')), 'TouchTrain:Test', '%s', page);
expect_has(page, '"machineType": "n1-standard-4"');
expect_has(page, sprintf('%.2f hours', plan.estimate.hours));

% By name alone; in any case of the letters; a name wins over a field, also one that takes it back.
[~, byName] = dry_run('projectid', 'my-lab-123456', 'MAINBUCKET', 'my-lab');
assert(~isfield(machine_of(byName), 'acceleratorType'));
[~, without] = dry_run(settings, 'accelerator', [], 'dataBucket', 'my-data');
assert(~isfield(machine_of(without), 'acceleratorType'));
assert(strncmp(without.uploads(1).to, 'gs://my-data/', 13));
assert(~isfile('whiskers.h5') && ~isfolder('touchtrain-jobs'));
end

function check_faults(settings)
train = @(varargin) touchtrain.trainOnCloud('set', 'whiskers', varargin{:});
expect_error('TouchTrain:BadOption', @() touchtrain.trainOnCloud('set'), 'trainOnCloud(dataset, modelFile');
expect_error('TouchTrain:BadOption', @() train(), '2', 'ProjectID', 'MainBucket');
expect_error('TouchTrain:BadOption', @() train(struct('projectID', '', 'mainBucket', [])), '2', 'ProjectID', ...
    'MainBucket');
expect_error('TouchTrain:BadOption', @() train(struct('projectID', {'a', 'b'})), 'cloudSettings', 'struct');
wrong = struct('projectID', 'My Lab', 'mainBuckt', 'x', 'region', 'mars', 'maxEpochs', 0);
expect_error('TouchTrain:BadOption', @() train(wrong), '4', 'My Lab', 'MainBucket', 'Region', 'MaxEpochs');
expect_error('TouchTrain:UnknownOption', @() train(settings, 'Sport', true), 'Spot');
expect_error('TouchTrain:PathMissing', @() touchtrain.trainOnCloud('nothing', 'whiskers', settings), 'nothing');

upload = @(varargin) touchtrain.uploadDataset('set', varargin{:});
expect_error('TouchTrain:BadOption', @() upload(), 'MainBucket');
expect_error('TouchTrain:UnknownOption', @() upload(struct('mainBucket', 'my-lab', 'dataNaem', 'x')), 'DataName');
expect_error('TouchTrain:UnknownOption', @() upload(settings, 'MachineType', 'n1-standard-4'), 'MachineType');
expect_error('TouchTrain:PathMissing', @() touchtrain.uploadDataset('nothing', settings), 'nothing');
assert(~isfolder('touchtrain-jobs'));
end

function check_jobs()
% A training on this machine is none in the cloud, and what is in the cloud is no folder here.
folder = made_job('job', 'running', 0.5); % its process is gone
job = touchtrain.TrainingJob(folder);
expect_equal(job.Cloud, []);
expect_error('TouchTrain:BadJob', @() logs(job), fullfile(folder, 'log.txt'));
expect_error('TouchTrain:BadJob', @() touchtrain.fetchModel(job), folder);
expect_error('TouchTrain:BadJob', @() touchtrain.fetchModel('nothing'), fullfile(pwd(), 'nothing'));
expect_error('TouchTrain:BadOption', @() touchtrain.fetchModel(), 'touchtrain.fetchModel(source, modelFile)');
expect_error('TouchTrain:UnknownOption', @() touchtrain.fetchModel('job', 'm', 'Verbsoe', 1), 'Verbose');
expect_error('TouchTrain:BadJob', @() touchtrain.TrainingJob('gs://my-lab/jobs/whiskers'), ...
    'gs://my-lab/jobs/whiskers', 'touchtrain.fetchModel(source, modelFile)');

% As it is while a training is submitted, and then.
write_cloud(folder, struct('name', [], 'region', [], 'folder', 'gs://my-lab/jobs/job', 'mark', 'secret'));
expect_equal(fieldnames(job.Cloud)', {'name', 'region', 'console', 'folder', 'dataset', 'models'});
assert(isempty(job.Cloud.name) && isempty(strfind(evalc('disp(job)'), 'gs://')));
write_cloud(folder, struct('name', 'projects/1/locations/us-west1/customJobs/2', 'region', 'us-west1', ...
    'folder', 'gs://my-lab/jobs/job', 'console', 'https://console.cloud.google.com/x'));
expect_has(evalc('disp(job)'), 'us-west1, https://console.cloud.google.com/x');
expect_has(evalc('touchtrain.inspect(folder)'), 'us-west1, https://console.cloud.google.com/x');
expect_equal(job.Error.identifier, 'TouchTrain:JobFailed');
expect_has(job.Error.message, 'resume');
end

function [page, plan] = dry_run(varargin) %#ok<STOUT>
page = evalc('plan = touchtrain.trainOnCloud(''set'', ''whiskers'', varargin{:}, ''DryRun'', true);');
end

function machine = machine_of(plan)
machine = plan.job.jobSpec.workerPoolSpecs.machineSpec;
end

function write_cloud(folder, record)
id = fopen(fullfile(folder, 'cloud.json'), 'w');
fprintf(id, '%s\n', jsonencode(record));
fclose(id);
end
