function needInputs(given, needed, call)
% NEEDINPUTS  Raise an error where a function was called with too few inputs; CALL shows how it is called.
if given < needed
    error('TouchTrain:BadOption', 'Inputs are missing. The call is %s; see help %s.', call, ...
        regexprep(call, '\(.*', ''));
end
end
