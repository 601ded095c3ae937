function test_completion()
% What functionSignatures.json names is there: files, methods of the job, and lists of choices that can be evaluated.
folder = fileparts(which('train_new_model'));
text = fileread(fullfile(folder, 'resources', 'functionSignatures.json'));
assert(isstruct(jsondecode(text)));
names = regexp(text, '(?<=^  "touchtrain\.)[\w.]+(?=")', 'match', 'lineanchors');
assert(numel(names) > 35);
ofJob = methods('touchtrain.TrainingJob');
for k = 1:numel(names)
    parts = strsplit(names{k}, '.');
    assert(isfile(fullfile(folder, '+touchtrain', [parts{1} '.m'])), 'TouchTrain:Test', 'No function %s', names{k});
    assert(numel(parts) == 1 || any(strcmp(ofJob, parts{2})), 'TouchTrain:Test', 'No method %s', names{k});
end
lists = unique(regexp(text, '(?<="choices=)\{[^"]+\}(?=")', 'match'));
assert(numel(lists) > 15);
for k = 1:numel(lists)
    choices = eval(lists{k});
    assert(iscellstr(choices) && numel(unique(choices)) == numel(choices), 'TouchTrain:Test', '%s', lists{k});
end
end
