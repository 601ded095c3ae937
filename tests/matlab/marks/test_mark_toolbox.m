function test_mark_toolbox()
% What MATLAB finds wrong with functionSignatures.json, and whether ver, help and what see the toolbox.
folder = fileparts(which('train_new_model'));
signatures = fullfile(folder, 'resources', 'functionSignatures.json');
read = jsondecode(fileread(signatures));
assert(isstruct(read) && numel(fieldnames(read)) > 30);
mark('What does validateFunctionSignaturesJSON find', @() what_is_wrong(signatures));
mark('What does ver say of the toolbox', @() what_ver_says());
mark('What does ver(''touchtrain'') say', @() in_words_of(ver('touchtrain')));
mark('Is GettingStarted.m exported as a live script', @() exported(fullfile(folder, 'doc', 'GettingStarted.m')));
mark('What does help touchtrain begin with', @() beginning(help('touchtrain')));
end

function text = what_is_wrong(file)
if exist('validateFunctionSignaturesJSON') == 0 %#ok<EXIST> anything of that name
    skip_test('there is no validateFunctionSignaturesJSON');
end
found = feval('validateFunctionSignaturesJSON', file); % MATLAB only
text = 'nothing';
if ~isempty(found)
    text = sprintf('%d: %s', size(found, 1), evalc('disp(found)'));
end
end

function text = exported(file)
if exist('export') == 0 %#ok<EXIST> anything of that name
    skip_test('there is no export');
end
page = feval('export', file, fullfile(pwd(), 'guide.html'), 'Run', false); % MATLAB only
text = 'yes';
if isempty(strfind(fileread(page), 'Mark touches in high-speed videos')) || ...
        ~isempty(strfind(fileread(page), '%[text]'))
    text = 'as plain code';
end
end

function text = what_ver_says()
every = ver();
text = in_words_of(every(strcmp({every.Name}, 'TouchTrain')));
end

function text = in_words_of(found)
text = 'nothing';
if ~isempty(found)
    text = sprintf('%s, version %s, %s', found(1).Name, found(1).Version, found(1).Date);
end
end

function text = beginning(help)
lines = strsplit(strtrim(help), sprintf('\n'));
text = strjoin(lines(1:min(2, end)), ' / ');
end
