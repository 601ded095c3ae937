function text = jobFault(facts)
% JOBFAULT  Why a Python cannot train, as one sentence; '' where it can.
text = '';
if ~facts.ok
    text = sprintf('%s does not run.', facts.executable);
elseif facts.version(1) ~= 3 || facts.version(2) < 11
    text = sprintf('%s is Python %d.%d; 3.11 or later is needed.', facts.executable, facts.version);
elseif ~isempty(facts.missing)
    text = sprintf('%s (Python %d.%d) lacks the packages %s.', facts.executable, facts.version, ...
        strjoin(facts.missing, ', '));
end
end
