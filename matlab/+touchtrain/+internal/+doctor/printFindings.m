function printFindings(findings, version)
% PRINTFINDINGS  Print findings as one page, in the format of the command line.
fprintf('TouchTrain %s: check of this computer\n\n', version);
k = 1;
while k <= numel(findings)
    one = findings(k);
    k = k + 1;
    while strcmp(one.state, 'ok') && k <= numel(findings) && isequal({findings(k).topic, findings(k).state}, ...
            {one.topic, one.state})
        one.text = [one.text ', ' findings(k).text];
        k = k + 1;
    end
    mark = one.state;
    if strcmp(mark, 'wrong')
        mark = 'WRONG';
    end
    printWrapped(sprintf('%-6s%-18s', mark, one.topic), one.text);
    if ~isempty(one.remedy)
        printWrapped([blanks(24) '-> '], one.remedy);
    end
end
wrong = sum(strcmp({findings.state}, 'wrong'));
notes = sum(strcmp({findings.state}, 'note'));
if wrong == 0
    fprintf('\nNothing is wrong');
else
    fprintf('\n%s wrong', touchtrain.internal.values.countText(wrong, 'thing'));
end
if notes > 0
    fprintf('; %d to note', notes);
end
fprintf('.\n');
end

function printWrapped(lead, text)
% Print a text after a lead, in lines of at most 112 characters. Line breaks in the text are kept.
width = 112 - numel(lead);
lines = strsplit(touchtrain.internal.values.visible(strtrim(text)), sprintf('\n'));
for k = 1:numel(lines)
    rest = regexprep(lines{k}, '\s+$', '');
    while ~isempty(rest)
        piece = rest;
        if numel(rest) > width
            place = find(rest(1:width + 1) == ' ', 1, 'last');
            if isempty(place) || isempty(strtrim(rest(1:place)))
                place = find([rest(width + 1:end) ' '] == ' ', 1) + width; % a word longer than the line, such as a path
            end
            piece = rest(1:min(place, numel(rest)));
        end
        fprintf('%s%s\n', lead, regexprep(piece, '\s+$', ''));
        rest = regexprep(rest(numel(piece) + 1:end), '^\s+', '');
        lead = blanks(numel(lead));
    end
end
end
