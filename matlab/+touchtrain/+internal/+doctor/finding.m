function found = finding(topic, state, text, remedy)
% FINDING  One thing that the doctor found: STATE is 'ok', 'note' or 'wrong', REMEDY '' where none is needed.
found = struct('topic', topic, 'state', state, 'text', text, 'remedy', remedy);
end
