function abortConversion(token, isOpen)
% ABORTCONVERSION  Give up a conversion that was left by an error or by Ctrl-C; nothing half-written stays.
%
%   ABORTCONVERSION(TOKEN, ISOPEN) does nothing where the Flag ISOPEN is not up.
if isOpen.isUp
    try
        touchtrain.internal.askPython('convert_arrays_abort', token);
    catch err
        warning('TouchTrain:Python', 'The conversion could not be given up: %s', err.message);
    end
end
end
