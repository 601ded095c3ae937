function endWarmProcess()
% ENDWARMPROCESS  End the process that predicts; the next call of touchtrain.predict starts it again.
%
%   ENDWARMPROCESS() frees its memory, also that of a GPU. The process ends by itself with this session, and after half
%   an hour without a call.
%
%   See also touchtrain.predict
touchtrain.internal.python.askPython('predict_close');
end
