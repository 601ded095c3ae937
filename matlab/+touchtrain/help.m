function help()
% HELP  List the functions of TouchTrain.
%
%   touchtrain.help prints one line for each function. In MATLAB, help touchtrain does the same. GNU Octave has no help
%   for packages; type help touchtrain.Contents there. For the help of one function, type its full name, such as
%   help touchtrain.train.
%
%   Example
%     touchtrain.help
%
%   See also touchtrain.setup, touchtrain.options, touchtrain.doctor
text = fileread(fullfile(fileparts(mfilename('fullpath')), 'Contents.m'));
fprintf('%s\n', regexprep(text, '^% ?', '', 'lineanchors'));
end
