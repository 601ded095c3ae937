function found = finding(topic, state, text, remedy)
% FINDING  One finding of touchtrain.doctor: STATE is 'ok', 'note' or 'wrong', REMEDY is '' if none is needed.
found = struct('topic', topic, 'state', state, 'text', text, 'remedy', remedy);
end
