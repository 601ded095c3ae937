function findings = machineFindings(folder)
% MACHINEFINDINGS  What the doctor finds on this machine, but for MATLAB itself: see HOSTFINDINGS.
%
%   FINDINGS = MACHINEFINDINGS(FOLDER) asks the Python of py. where one is loaded. Where none is, or that one cannot
%   answer, the Python of the trainings is run by itself, because py. would load one, and MATLAB keeps what it loaded.
now = touchtrain.internal.currentPython();
if now.isLoaded
    try
        record = touchtrain.internal.askPython('doctor', folder);
        findings = record.findings;
        return
    catch
        findings = []; % why, HOSTFINDINGS tells
    end
end
[job, others] = touchtrain.internal.pythonForJobs();
if isempty(job)
    findings = touchtrain.internal.finding('Python of jobs', 'wrong', ...
        strjoin([{'There is no Python with the packages of TouchTrain.'}, others], ' '), ...
        touchtrain.internal.howToMakePython());
    return
end
[status, answer] = askAlone(job.executable, folder);
line = regexp(answer, '\{"version"[^\n]*\}', 'match', 'once');
if any(status == [0 1]) && ~isempty(line)
    record = touchtrain.internal.fromJson(line);
    findings = record.findings(~strcmp({record.findings.topic}, 'MATLAB') & ...
        ~strcmp({record.findings.topic}, 'Octave')); % this one tells of itself
    return
end
[~, range] = touchtrain.internal.hostRelease();
remedy = touchtrain.internal.explainPython(answer, now, job.executable, range);
if isempty(remedy)
    remedy = touchtrain.internal.howToMakePython();
end
findings = touchtrain.internal.finding('Python of jobs', 'wrong', ...
    sprintf('%s cannot run TouchTrain: %s', job.executable, strtrim(answer)), remedy);
end

function [status, answer] = askAlone(executable, folder)
% Run the doctor of the command line.
[root, isRepo] = touchtrain.internal.packageRoot();
searchPath = '';
if isRepo
    searchPath = root;
end
[status, answer] = touchtrain.internal.runClean(executable, ...
    sprintf('-m pyside doctor --json --folder "%s"', folder), searchPath);
end
