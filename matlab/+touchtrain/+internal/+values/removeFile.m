function removeFile(file)
% REMOVEFILE  Delete a file, if there is one. delete of Octave would read brackets in its path as a pattern.
if isfile(file) && touchtrain.internal.values.isOctave()
    unlink(file); % Octave only
elseif isfile(file)
    delete(file);
end
end
