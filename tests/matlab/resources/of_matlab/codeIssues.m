function found = codeIssues(folder)
% CODEISSUES  Stands in for MATLAB's function in GNU Octave, where no folder has issues.
assert(isfolder(folder));
found = struct('Issues', struct('Severity', zeros(0, 5)));
end
