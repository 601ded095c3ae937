function findings = machineFindings(folder)
% MACHINEFINDINGS  Findings on this computer, except those of HOSTFINDINGS.
%
%   FINDINGS = MACHINEFINDINGS(FOLDER) asks the Python of py. if it is loaded. If it is not, or fails, the training
%   Python runs as a separate program instead, because MATLAB cannot unload a Python that py. has loaded.
now = touchtrain.internal.setup.currentPython();
if now.isLoaded
    try
        record = touchtrain.internal.python.askPython('doctor', folder);
        findings = record.findings;
        return
    catch
        findings = []; % HOSTFINDINGS reports the reason
    end
end
[job, others] = touchtrain.internal.setup.pythonForJobs();
if isempty(job)
    findings = touchtrain.internal.doctor.finding('Python of jobs', 'wrong', ...
        strjoin([{'No Python with the TouchTrain packages was found.'}, others], ' '), ...
        touchtrain.internal.setup.installHint());
    return
end
[status, answer] = runDoctor(job.executable, folder);
line = regexp(answer, '\{"version"[^\n]*\}', 'match', 'once');
if any(status == [0 1]) && ~isempty(line)
    record = touchtrain.internal.python.fromJson(line);
    findings = record.findings(~strcmp({record.findings.topic}, 'MATLAB') & ...
        ~strcmp({record.findings.topic}, 'Octave')); % HOSTFINDINGS has the finding on this session
    return
end
[~, range] = touchtrain.internal.setup.hostRelease();
remedy = touchtrain.internal.python.explainPython(answer, now, job.executable, range);
if isempty(remedy)
    remedy = touchtrain.internal.setup.installHint();
end
findings = touchtrain.internal.doctor.finding('Python of jobs', 'wrong', ...
    sprintf('%s cannot run TouchTrain: %s', job.executable, strtrim(answer)), remedy);
end

function [status, answer] = runDoctor(executable, folder)
% Run touchtrain doctor as on the command line.
[root, isRepo] = touchtrain.internal.python.packageRoot();
searchPath = '';
if isRepo
    searchPath = root;
end
[status, answer] = touchtrain.internal.python.runClean(executable, ...
    {'-m', 'pyside', 'doctor', '--json', '--folder', folder}, searchPath);
end
