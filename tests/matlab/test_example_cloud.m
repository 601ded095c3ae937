function test_example_cloud()
% The example of a dry run in the cloud runs without an account, and tells time and cost.
folder = fullfile(fileparts(fileparts(which('train_new_model'))), 'examples');
found = run_smaller(fullfile(folder, 'cloud_dry_run.m'), cell(0, 2), {'plan'});
assert(~isempty(found.plan.uploads) && isstruct(found.plan.estimate));
end
