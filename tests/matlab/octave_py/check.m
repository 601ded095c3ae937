function check(name, condition, varargin)
% CHECK  Print whether a condition holds, as a line that test_octave_py.py reads.
%
%   CHECK(NAME, CONDITION) evaluates the function handle CONDITION, which must give true.
%   CHECK(NAME, CODE, IDENTIFIER, PART) evaluates the function handle CODE, which must fail with IDENTIFIER and with
%   PART in its message.

try
    if nargin == 2
        reason = 'it is false';
        good = all(condition());
    else
        reason = 'nothing failed';
        good = false;
        condition();
    end
catch err
    reason = [err.identifier ': ' err.message];
    good = nargin > 2 && strcmp(err.identifier, varargin{1}) && ~isempty(strfind(err.message, varargin{2}));
end
if good
    fprintf('check: %s: ok\n', name);
else
    fprintf('check: %s: FAILED, %s\n', name, strrep(reason, char(10), ' '));
end
end
