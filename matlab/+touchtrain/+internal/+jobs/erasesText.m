function tf = erasesText(stack)
% ERASESTEXT  False if text that was printed cannot be overwritten by backspaces: in a live script, a published script
% or a notebook.
%
%   TF = ERASESTEXT(STACK): STACK is the output of dbstack('-completenames'). MATLAB has no documented way to ask. It
%   runs a section of a live script as a file whose name begins with LiveEditorEvaluationHelper.
names = {stack.name};
files = strrep({stack.file}, '\', '/');
isOfEditor = strncmp(names, 'LiveEditorEvaluationHelper', 26) | ismember(names, {'publish', 'evalmxdom'}) | ...
    ~cellfun(@isempty, regexp(files, '/LiveEditorEvaluationHelper|/\+internal/\+editor/|/\+jupyter/', 'once'));
tf = ~any(isOfEditor);
end
