function value = askPython(name, varargin)
% ASKPYTHON  Call one function of pyside.matlab and return what it says, as MATLAB values.
%
%   VALUE = ASKPYTHON(NAME, ARGUMENT, ...): texts as char rows, options as JSON text. An error of TouchTrain in
%   Python is raised here with its own identifier.
%
%   See also FROMJSON, OPTIONSJSON, RAISEPYTHONERROR
door = touchtrain.internal.python.openDoor();
try
    switch name
        case 'about'
            answer = door.about(varargin{:});
        case 'options'
            answer = door.options(varargin{:});
        case 'check_options'
            answer = door.check_options(varargin{:});
        case 'convert_arrays_open'
            answer = door.convert_arrays_open(varargin{:});
        case 'convert_arrays_append'
            answer = door.convert_arrays_append(varargin{:});
        case 'convert_arrays_close'
            answer = door.convert_arrays_close(varargin{:});
        case 'convert_arrays_abort'
            answer = door.convert_arrays_abort(varargin{:});
        case 'start_job'
            answer = door.start_job(varargin{:});
        case 'do_job'
            answer = door.do_job(varargin{:});
        case 'plan_cloud_training'
            answer = door.plan_cloud_training(varargin{:});
        case 'start_fetch'
            answer = door.start_fetch(varargin{:});
        case 'cloud_logs'
            answer = door.cloud_logs(varargin{:});
        case 'job_status'
            answer = door.job_status(varargin{:});
        case 'job_result'
            answer = door.job_result(varargin{:});
        case 'job_history'
            answer = door.job_history(varargin{:});
        case 'stop_job'
            answer = door.stop_job(varargin{:});
        case 'cancel_job'
            answer = door.cancel_job(varargin{:});
        case 'resume_job'
            answer = door.resume_job(varargin{:});
        case 'remove_job'
            answer = door.remove_job(varargin{:});
        case 'remove_made'
            answer = door.remove_made(varargin{:});
        case 'unlock'
            answer = door.unlock(varargin{:});
        case 'list_jobs'
            answer = door.list_jobs(varargin{:});
        case 'inspect'
            answer = door.inspect(varargin{:});
        case 'doctor'
            answer = door.doctor(varargin{:});
        case 'doctor_bundle'
            answer = door.doctor_bundle(varargin{:});
        case 'record_python'
            answer = door.record_python(varargin{:});
    end
    answer = char(answer);
catch err
    touchtrain.internal.python.raisePythonError(err);
end
value = touchtrain.internal.python.fromJson(answer);
end
