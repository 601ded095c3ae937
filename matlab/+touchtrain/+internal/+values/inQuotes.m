function text = inQuotes(text)
% INQUOTES  A text as MATLAB code: in quotes, with each apostrophe in it doubled.
text = ['''' strrep(char(text), '''', '''''') ''''];
end
