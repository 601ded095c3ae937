function saveNew(target, variables, isLarge)
% SAVENEW  Save variables to a new .mat file, which gets its name once it was loaded again and is the same.
%
%   SAVENEW(TARGET, VARIABLES, ISLARGE): VARIABLES is a struct with one field per variable. The file is of version 7;
%   of version 7.3 if ISLARGE, or if a variable is too large for version 7. Values, classes, sizes and orders of fields
%   are compared. TouchTrain:NotWritable is raised if there is such a file already, if it cannot be written, or if a
%   value does not come back as it was.
version = '-v7';
if isLarge || any(structfun(@isTooLarge, variables))
    version = '-v7.3';
end
touchtrain.internal.contacts.requireNew(target);
beside = [tempname(fileparts(target)) '.mat'];
remover = onCleanup(@() touchtrain.internal.values.removeFile(beside)); %#ok<NASGU>
try
    save(beside, '-struct', 'variables', version);
catch err
    touchtrain.internal.values.fail('TouchTrain:NotWritable', '%s cannot be written: %s', target, err.message);
end
try
    again = touchtrain.internal.contacts.loadAll(beside);
catch err % Octave saves to a full disk without an error
    touchtrain.internal.values.fail('TouchTrain:NotWritable', ...
        '%s was not written, because it could not be loaded again. Is the disk full? %s', target, err.message);
end
place = firstLost(again, variables);
if ~isempty(place)
    touchtrain.internal.values.fail('TouchTrain:NotWritable', ...
        ['%s was not written, because %s is not the same once it is saved and loaded. If it is an object, its ' ...
        'class must save all that it holds; or take it out of the array.'], target, place);
end
touchtrain.internal.contacts.requireNew(target);
if touchtrain.internal.values.isOctave()
    [fault, message] = rename(beside, target); % Octave only: its movefile gives paths to a shell
    isMoved = fault == 0;
else
    [isMoved, message] = movefile(beside, target);
end
if ~isMoved
    touchtrain.internal.values.fail('TouchTrain:NotWritable', '%s cannot be written: %s', target, message);
end
end

function tf = isTooLarge(value) %#ok<INUSD>
% A variable of version 7 has less than 2 GB.
about = whos('value');
tf = about.bytes > 2^31 - 2^20;
end

function place = firstLost(again, variables)
place = '';
for name = fieldnames(variables)'
    if isempty(place) && ~isfield(again, name{1})
        place = name{1};
    elseif isempty(place)
        place = touchtrain.internal.contacts.firstDifference(again.(name{1}), variables.(name{1}), name{1});
    end
end
end
