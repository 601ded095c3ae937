%% Look at a training in the cloud before it costs anything
% A dry run contacts no server and needs no account: it prints the job that would be submitted, the files that would be
% uploaded, and the most that it can take and cost. This script takes a few seconds.
%
% See also touchtrain.trainOnCloud, touchtrain.uploadDataset, touchtrain.fetchModel

%% Dataset
touchtrain.setup
folder = tempname();
mkdir(folder);
[frames, labels, names] = make_example_arrays();
dataset = fullfile(folder, 'dataset');
touchtrain.convertArrays(frames, labels, dataset, 'Recordings', names, 'Verbose', false);

%% Where and on what
% Replace the project and the bucket by yours. The price of a machine per hour is on Google's pages; the speed is what
% a training has told at its end.
cloudSettings = struct('projectID', 'my-lab-123456', 'mainBucket', 'my-lab', 'region', 'us-central1');
cloudSettings.machineType = 'n1-standard-8';
cloudSettings.accelerator = 'NVIDIA_TESLA_T4';
cloudSettings.spot = true;

%% Dry run
plan = touchtrain.trainOnCloud(dataset, fullfile(folder, 'cloud.h5'), cloudSettings, 'MaxEpochs', 20, ...
    'PricePerHour', 0.6, 'CloudSpeed', 5000, 'DryRun', true);

%% What it would do
% Without |'DryRun'|, the same call returns a job, see background_job. |touchtrain.options('trainOnCloud')| lists all
% settings.
fprintf('%d files would be uploaded.\n', numel(plan.uploads));
disp(plan.estimate)
