function run_checks(release)
% RUN_CHECKS  Run all checks of one manner of passing arrays, 'R2024b' or 'R2025a'.

insert(py.sys.path, int32(0), fileparts(mfilename('fullpath')));    % Octave only
groups = {'scalar_arguments', 'array_arguments', ['array_arguments_' release], 'refused_arguments', ...
    'returned_values', 'conversions', 'indexing', 'calls', 'errors', 'objects', 'text_and_numbers', 'environment'};
for k = 1:numel(groups)
    try
        feval(groups{k});
    catch err
        fprintf('group %s broke off: %s: %s\n', groups{k}, err.identifier, err.message);
    end
end
end
