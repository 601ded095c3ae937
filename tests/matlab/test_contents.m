function test_contents()
% Contents.m begins as ver reads it and says of every function and script what its first line of help says; help prints
% it, and every help has its parts.
folder = fileparts(which('train_new_model'));
contents = fileread(fullfile(folder, 'Contents.m'));
assert(strcmp(fileread(fullfile(folder, '+touchtrain', 'Contents.m')), contents)); % for help touchtrain
version = touchtrain.internal.python.packageVersion();
form = ['^% TouchTrain\n% Version ' regexptranslate('escape', version) ' \d\d-[A-Z][a-z][a-z]-\d{4}\n%\n'];
assert(~isempty(regexp(contents, form, 'once')), 'TouchTrain:Test', '%s', contents(1:100));
text = {evalc('touchtrain.help')};
if touchtrain.internal.values.isOctave()
    text{2} = help('touchtrain.Contents'); % Octave has no help for packages
else
    text{2} = help('touchtrain');
end
assert(all(cellfun(@(one) ~isempty(regexp(one, 'convertVideos +- Convert videos', 'once')), text)), ...
    'TouchTrain:Test', '%s', text{:});
scripts = dir(fullfile(folder, '*.m'));
scripts = scripts(~strcmp({scripts.name}, 'Contents.m'));
assert(numel(scripts) >= 2);
for k = 1:numel(scripts)
    text = fileread(fullfile(folder, scripts(k).name));
    first = regexp(text, '^% [A-Z_]+  ([^\n]*)', 'tokens', 'once');
    row = sprintf('%%   %-31s- %s', scripts(k).name(1:end - 2), first{1});
    assert(~isempty(strfind(contents, row)), 'TouchTrain:Test', 'Not in Contents.m: %s', row);
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
