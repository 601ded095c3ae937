function findings = machineFindings(folder)
% MACHINEFINDINGS  What the doctor finds on this machine, but for MATLAB itself: see HOSTFINDINGS.
%
%   FINDINGS = MACHINEFINDINGS(FOLDER) asks the Python of py. where one is loaded. Where none is, or that one cannot
%   answer, the Python of the trainings is run by itself, because py. would load one, and MATLAB keeps what it loaded.
now = touchtrain.internal.setup.currentPython();
if now.isLoaded
    try
        record = touchtrain.internal.python.askPython('doctor', folder);
        findings = record.findings;
        return
    catch
        findings = []; % why, HOSTFINDINGS tells
    end
end
[job, others] = touchtrain.internal.setup.pythonForJobs();
if isempty(job)
    findings = touchtrain.internal.doctor.finding('Python of jobs', 'wrong', ...
        strjoin([{'There is no Python with the packages of TouchTrain.'}, others], ' '), ...
        touchtrain.internal.setup.howToMakePython());
    return
end
[status, answer] = askAlone(job.executable, folder);
line = regexp(answer, '\{"version"[^\n]*\}', 'match', 'once');
if any(status == [0 1]) && ~isempty(line)
    record = touchtrain.internal.python.fromJson(line);
    findings = record.findings(~strcmp({record.findings.topic}, 'MATLAB') & ...
        ~strcmp({record.findings.topic}, 'Octave')); % this one tells of itself
    return
end
[~, range] = touchtrain.internal.setup.hostRelease();
remedy = touchtrain.internal.python.explainPython(answer, now, job.executable, range);
if isempty(remedy)
    remedy = touchtrain.internal.setup.howToMakePython();
end
findings = touchtrain.internal.doctor.finding('Python of jobs', 'wrong', ...
    sprintf('%s cannot run TouchTrain: %s', job.executable, strtrim(answer)), remedy);
end

function [status, answer] = askAlone(executable, folder)
% Run the doctor of the command line.
[root, isRepo] = touchtrain.internal.python.packageRoot();
searchPath = '';
if isRepo
    searchPath = root;
end
[status, answer] = touchtrain.internal.python.runClean(executable, ...
    sprintf('-m pyside doctor --json --folder "%s"', folder), searchPath);
end
