function report = doctor(varargin)
% DOCTOR  Check this computer for problems and suggest a remedy for each.
%
%   touchtrain.doctor prints one page: MATLAB or Octave, Python and its packages, graphics card, numeric precision used
%   for training, cores, memory, disk, write access, video codecs. It takes a few seconds and changes nothing: it does
%   not load Python and writes no file.
%
%   touchtrain.doctor('Folder', FOLDER) checks disk space and write access of FOLDER (char or string; default: the
%   current folder).
%   touchtrain.doctor('Bundle', JOBFOLDER) collects the logs of a job in JOBFOLDER-logs.zip, beside the job folder, to
%   send to support, and prints the path. The file contains no frames, labels or models. User and computer names, home
%   folders, e-mail addresses and anything that looks like a password or key are removed.
%
%   REPORT = touchtrain.doctor(...) prints nothing and returns a struct: version, folder, findings (1-by-N struct with
%   topic, state ('ok', 'note' or 'wrong'), text, remedy), well (true if nothing is wrong). With 'Bundle' its only
%   field is bundle, the path of the zip file.
%
%   Example
%     report = touchtrain.doctor();
%     wrong = report.findings(strcmp({report.findings.state}, 'wrong'));
%
%   See also touchtrain.setup, touchtrain.inspect
given = touchtrain.internal.options.ownOptions(varargin, struct('Folder', '', 'Bundle', ''));
touchtrain.internal.setup.addOctaveFolder();
folder = pwd();
if ~touchtrain.internal.values.isBlank(given.Folder)
    folder = touchtrain.internal.values.absolutePath(given.Folder, 'Folder');
end
if ~touchtrain.internal.values.isBlank(given.Bundle)
    jobFolder = touchtrain.internal.values.absolutePath(given.Bundle, 'Bundle');
    findings = touchtrain.internal.doctor.hostFindings();
    made = touchtrain.internal.python.askPython('doctor_bundle', jobFolder, jsonencode(findings));
    if nargout > 0
        report = struct('bundle', made.bundle);
    else
        touchtrain.internal.values.show('%s\n', made.notice);
    end
    return
end
findings = [touchtrain.internal.doctor.hostFindings(), touchtrain.internal.doctor.machineFindings(folder)];
if nargout > 0
    report = struct('version', touchtrain.internal.python.packageVersion(), 'folder', folder, 'findings', findings, ...
        'well', ~any(strcmp({findings.state}, 'wrong')));
else
    touchtrain.internal.doctor.printFindings(findings, touchtrain.internal.python.packageVersion());
end
end
