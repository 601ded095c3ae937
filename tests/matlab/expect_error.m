function message = expect_error(identifier, attempt, varargin)
% EXPECT_ERROR  Check that a call raises an error with an identifier.
%
%   MESSAGE = EXPECT_ERROR(IDENTIFIER, ATTEMPT, PART, ...) calls the function handle ATTEMPT; every PART must occur in
%   the message.
message = '';
found = 'none';
try
    attempt();
catch err
    found = err.identifier;
    message = err.message;
    thrower = [{err.stack.file}, {''}];
    assert(isempty(strfind(thrower{1}, [filesep() '+internal' filesep()])), 'TouchTrain:Test', ...
        'The error %s seems to come from %s.', found, thrower{1});
end
assert(strcmp(found, identifier), 'TouchTrain:Test', 'Expected %s, got %s: %s', identifier, found, message);
for k = 1:numel(varargin)
    assert(~isempty(strfind(message, varargin{k})), 'TouchTrain:Test', 'No "%s" in: %s', varargin{k}, message);
end
end
