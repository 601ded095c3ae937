function test_contents()
% Contents.m says of every function what its first line of help says, and every help has its parts; help prints it.
folder = fileparts(which('train_new_model'));
contents = fileread(fullfile(folder, 'Contents.m'));
assert(strcmp(fileread(fullfile(folder, '+touchtrain', 'Contents.m')), contents)); % for help touchtrain in MATLAB
text = evalc('touchtrain.help');
if ~touchtrain.internal.values.isOctave()
    text = [text help('touchtrain')];
end
isEnough = numel(strfind(text, 'convertVideos')) >= 1 + ~touchtrain.internal.values.isOctave();
assert(isEnough, 'TouchTrain:Test', '%s', text);
scripts = {'train_new_model', 'curate_videos'};
for k = 1:numel(scripts)
    assert(~isempty(strfind(contents, ['%   ' scripts{k} ' '])), 'TouchTrain:Test', 'Not there: %s', scripts{k});
end
files = dir(fullfile(folder, '+touchtrain', '*.m'));
files = files(~strcmp({files.name}, 'Contents.m'));
for k = 1:numel(files)
    name = files(k).name(1:end - 2);
    text = fileread(fullfile(folder, '+touchtrain', files(k).name));
    first = regexp(text, '\n% [A-Z]+  ([^\n]*)', 'tokens', 'once');
    assert(~isempty(first), 'TouchTrain:Test', 'No first line of help in %s', name);
    row = sprintf('touchtrain.%-20s- %s', name, first{1});
    assert(~isempty(strfind(contents, row)), 'TouchTrain:Test', 'Not in Contents.m: %s', row);
    assert(~isempty(strfind(text, '%   Example')) && ~isempty(strfind(text, '%   See also')), 'TouchTrain:Test', ...
        'No example or no See also in %s', name);
end
end
