function requireInputs(given, needed, call)
% REQUIREINPUTS  Raise an error if a function was called with too few inputs; CALL is its syntax.
if given < needed
    touchtrain.internal.values.fail('TouchTrain:BadOption', ...
        'Not enough inputs. The syntax is %s; see help %s.', call, ...
        regexprep(call, '\(.*', ''));
end
end
