function test_mark_output()
% Where and when the screen shows what Python prints. TouchTrain reads progress from files.
probe = marks_python();
mark('What evalc catches of a Python that prints', @() caught(probe));
mark('Is a printed line in the diary before the call returns', @() in_diary(probe));
end

function text = caught(probe) %#ok<INUSD>
text = evalc('probe.say(''caught'');');
names = {'stdout', 'stderr', 'descriptor'};
isThere = cellfun(@(name) ~isempty(strfind(text, [name ' caught'])), names);
text = strjoin([{'caught:'}, names(isThere)], ' ');
end

function isThere = in_diary(probe)
file = fullfile(pwd(), 'diary.txt');
diary(file);
closing = onCleanup(@() diary('off')); %#ok<NASGU>
isThere = logical(probe.is_shown_at_once(file, 'a line of Python'));
end
