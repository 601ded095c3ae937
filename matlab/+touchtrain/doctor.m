function report = doctor(varargin)
% DOCTOR  Tell what is on this machine and what is wrong with it, each with its remedy.
%
%   touchtrain.doctor prints one page: MATLAB or Octave, Python and its packages, graphics card, the precision that will
%   be used, cores, memory, disk, write access, video codecs. It takes some seconds and changes nothing: Python is not
%   loaded for it, no file is written.
%
%   touchtrain.doctor('Folder', FOLDER) looks at the disk and the write access of FOLDER (char or string; default: the
%   current folder).
%   touchtrain.doctor('Bundle', JOBFOLDER) writes the logs of a job into a zip beside its folder, JOBFOLDER-logs.zip,
%   to be sent to whoever helps, and prints its path. There are no frames, labels or models in it, and names of users
%   and computers, home folders, e-mail addresses and whatever looks like a password or key are taken out.
%
%   REPORT = touchtrain.doctor(...) prints nothing and returns a struct: version, folder, findings (a 1-by-N struct:
%   topic, state ('ok', 'note' or 'wrong'), text, remedy), well (whether nothing is wrong); with 'Bundle' it has the
%   path of the zip, bundle.
%
%   Example
%     report = touchtrain.doctor();
%     wrong = report.findings(strcmp({report.findings.state}, 'wrong'));
%
%   See also touchtrain.setup, touchtrain.inspect
given = touchtrain.internal.options.ownOptions(varargin, struct('Folder', pwd(), 'Bundle', ''));
touchtrain.internal.setup.addOctaveFolder();
folder = touchtrain.internal.values.absolutePath(given.Folder, 'Folder');
if ~isempty(given.Bundle)
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
