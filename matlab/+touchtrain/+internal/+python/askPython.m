function value = askPython(name, varargin)
% ASKPYTHON  Call a function of the Python module pyside.matlab and return its result as MATLAB values.
%
%   VALUE = ASKPYTHON(NAME, ARGUMENT, ...): text arguments are char rows, options are JSON text. A TouchTrain error in
%   Python is raised here with its own identifier.
%
%   See also FROMJSON, OPTIONSJSON, RAISEPYTHONERROR
module = touchtrain.internal.python.pysideModule();
try
    switch name
        case 'about'
            answer = module.about(varargin{:});
        case 'options'
            answer = module.options(varargin{:});
        case 'check_options'
            answer = module.check_options(varargin{:});
        case 'check_dataset'
            answer = module.check_dataset(varargin{:});
        case 'convert_arrays_open'
            answer = module.convert_arrays_open(varargin{:});
        case 'convert_arrays_append'
            answer = module.convert_arrays_append(varargin{:});
        case 'convert_arrays_close'
            answer = module.convert_arrays_close(varargin{:});
        case 'convert_arrays_abort'
            answer = module.convert_arrays_abort(varargin{:});
        case 'predict_open'
            answer = module.predict_open(varargin{:});
        case 'predict_append'
            answer = module.predict_append(varargin{:});
        case 'predict_wait'
            answer = module.predict_wait(varargin{:});
        case 'predict_abort'
            answer = module.predict_abort(varargin{:});
        case 'predict_close'
            answer = module.predict_close(varargin{:});
        case 'start_job'
            answer = module.start_job(varargin{:});
        case 'do_job'
            answer = module.do_job(varargin{:});
        case 'plan_cloud_training'
            answer = module.plan_cloud_training(varargin{:});
        case 'start_fetch'
            answer = module.start_fetch(varargin{:});
        case 'cloud_logs'
            answer = module.cloud_logs(varargin{:});
        case 'job_status'
            answer = module.job_status(varargin{:});
        case 'job_result'
            answer = module.job_result(varargin{:});
        case 'marks_of'
            answer = module.marks_of(varargin{:});
        case 'job_history'
            answer = module.job_history(varargin{:});
        case 'stop_job'
            answer = module.stop_job(varargin{:});
        case 'cancel_job'
            answer = module.cancel_job(varargin{:});
        case 'job_to_attach'
            answer = module.job_to_attach(varargin{:});
        case 'job_to_resume'
            answer = module.job_to_resume(varargin{:});
        case 'job_controls'
            answer = module.job_controls(varargin{:});
        case 'resume_job'
            answer = module.resume_job(varargin{:});
        case 'remove_job'
            answer = module.remove_job(varargin{:});
        case 'remove_made'
            answer = module.remove_made(varargin{:});
        case 'unlock'
            answer = module.unlock(varargin{:});
        case 'list_jobs'
            answer = module.list_jobs(varargin{:});
        case 'inspect'
            answer = module.inspect(varargin{:});
        case 'doctor'
            answer = module.doctor(varargin{:});
        case 'doctor_bundle'
            answer = module.doctor_bundle(varargin{:});
        case 'record_python'
            answer = module.record_python(varargin{:});
    end
    answer = char(answer);
catch err
    touchtrain.internal.python.raisePythonError(err);
end
value = touchtrain.internal.python.fromJson(answer);
end
