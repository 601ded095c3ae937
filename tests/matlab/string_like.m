function value = string_like(kind, texts)
% STRING_LIKE  A string or categorical array of some texts: MATLAB's own, and in Octave a stand-in.
%
%   VALUE = STRING_LIKE('string', {'a', 'b'}) or STRING_LIKE('categorical', ...). The stand-in has what TouchTrain uses
%   of them: its class, char, cellstr and numel. It is written when it is needed, since no file here may have such a
%   name.
if touchtrain.internal.values.isOctave() && exist(kind, 'file') ~= 2
    folder = fullfile(fileparts(pwd()), 'stand_ins'); % beside the folders of the tests
    if ~isfolder(folder)
        mkdir(folder);
        addpath(folder);
    end
    lines = {['classdef ' kind], 'properties, texts, end', 'methods', ...
        ['function o = ' kind '(texts), o.texts = texts; end'], ...
        'function c = char(o), c = char(o.texts{:}); end', ...
        'function c = cellstr(o), c = o.texts(:); end', ...
        'function n = numel(o, varargin), n = builtin(''numel'', o.texts); end', 'end', 'end'};
    id = fopen(fullfile(folder, [kind '.m']), 'w');
    fprintf(id, '%s\n', lines{:});
    fclose(id);
    rehash();
end
value = feval(kind, texts);
end
