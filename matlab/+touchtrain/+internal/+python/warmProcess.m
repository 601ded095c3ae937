function warmProcess()
% WARMPROCESS  End the process that predicts when the functions in memory are cleared.
%
%   WARMPROCESS() is called before each prediction. The process ends with the Python of this session in any case; this
%   ends it earlier, after clear('functions') or clear('all').
persistent guard
module = touchtrain.internal.python.pysideModule();
if isempty(guard)
    guard = onCleanup(@() endProcess(module)); %#ok<NASGU>
end
end

function endProcess(module)
% The module is the one that was there at the start, so that no Python is started at the end of the session.
try
    module.predict_close();
catch
end
end
