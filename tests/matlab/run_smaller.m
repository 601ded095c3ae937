function found = run_smaller(file, changes, names)
% RUN_SMALLER  Run a copy of a script with smaller numbers, and return some of its variables.
%
%   FOUND = RUN_SMALLER(FILE, CHANGES, NAMES): CHANGES has one row {text, other text} for each replacement; each must be
%   in the script. FOUND is a struct with the variables NAMES. A temporary folder of the script is ./made instead; its
%   figures are closed.
text = fileread(file);
for k = 1:size(changes, 1)
    assert(~isempty(strfind(text, changes{k, 1})), 'TouchTrain:Test', 'Not in %s: %s', file, changes{k, 1});
    text = strrep(text, changes{k, 1}, changes{k, 2});
end
text = strrep(text, 'tempname()', 'fullfile(pwd(), ''made'')');
id = fopen('smaller_script.m', 'w');
fwrite(id, text);
fclose(id);
before = findall(0, 'Type', 'figure');
found = variables_of(names);
after = findall(0, 'Type', 'figure');
for k = 1:numel(after)
    if ~any(before == after(k))
        close(after(k));
    end
end
end

function found = variables_of(namesWanted)
% The script runs in this workspace, and may have variables of the same names as this function, but for namesWanted.
run('smaller_script.m');
found = struct();
for k = 1:numel(namesWanted)
    found.(namesWanted{k}) = eval(namesWanted{k});
end
end
