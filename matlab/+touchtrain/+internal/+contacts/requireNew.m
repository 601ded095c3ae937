function requireNew(target)
% REQUIRENEW  Raise TouchTrain:NotWritable if there is a file of this name, since a contact array is a new file.
if exist(target, 'file')
    touchtrain.internal.values.fail('TouchTrain:NotWritable', ['%s exists already. A contact array is always ' ...
        'written as a new file: give another name as Output, or rename that one.'], target);
end
end
