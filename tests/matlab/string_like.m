function value = string_like(kind, texts)
% STRING_LIKE  A string or categorical array of some texts: MATLAB's own, and in Octave a stand-in.
%
%   VALUE = STRING_LIKE('string', {'a', 'b'}) or STRING_LIKE('categorical', ...); [] in place of a text is a missing
%   string, or an undefined element. VALUE = STRING_LIKE('missing', {[], []}) is an array of missing values.
%   The stand-in has what TouchTrain uses of them: its class, char, cellstr, numel, isempty, ismissing and indexing;
%   char and cellstr of missing strings fail as in MATLAB. It is written when it is needed, since no file here may have
%   such a name.
isAbsent = cellfun(@isnumeric, texts);
if ~touchtrain.internal.values.isOctave()
    if strcmp(kind, 'missing')
        value = repmat(missing, size(texts)); % MATLAB only
        return
    end
    texts(isAbsent) = {''};
    value = feval(kind, texts);
    if any(isAbsent(:))
        value(isAbsent) = missing; % MATLAB only
    end
    return
end
if exist(kind, 'file') ~= 2
    folder = fullfile(fileparts(pwd()), 'stand_ins'); % beside the folders of the tests
    if ~isfolder(folder)
        mkdir(folder);
        addpath(folder);
    end
    absent = 'error(''MATLAB:string:CannotConvertMissingElementToChar'', ''Cannot convert missing to char.'');';
    if strcmp(kind, 'categorical')
        absent = 'c(isAbsent) = {''<undefined>''};';
    end
    lines = {['classdef ' kind], 'properties, texts, end', 'methods', ...
        ['function o = ' kind '(texts), o.texts = texts; end'], ...
        'function c = char(o), c = char(cellstr(o){:}); end', ...
        'function c = cellstr(o)', 'c = o.texts(:);', 'isAbsent = ismissing(o)(:);', ...
        ['if any(isAbsent), ' absent ' end'], 'end', ...
        'function tf = ismissing(o), tf = cellfun(@isnumeric, o.texts); end', ...
        'function tf = isempty(o), tf = isempty(o.texts); end', ...
        'function n = numel(o, varargin), n = builtin(''numel'', o.texts); end', ...
        'function x = subsref(o, s)', 'if strcmp(s(1).type, ''()'')', ...
        ['x = ' kind '(subsref(o.texts, s(1)));'], 'else', 'x = builtin(''subsref'', o, s);', 'end', 'end', ...
        'end', 'end'};
    id = fopen(fullfile(folder, [kind '.m']), 'w');
    fprintf(id, '%s\n', lines{:});
    fclose(id);
    rehash();
end
value = feval(kind, texts);
end
