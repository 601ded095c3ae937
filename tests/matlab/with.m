function parameters = with(parameters, varargin)
% WITH  Return a struct with some fields set: with(parameters, 'name', value, ...).
for k = 1:2:numel(varargin)
    parameters.(varargin{k}) = varargin{k + 1};
end
end
