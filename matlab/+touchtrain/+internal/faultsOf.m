function faults = faultsOf(faults, check)
% FAULTSOF  Note what a check raises, and go on.
%
%   FAULTS = FAULTSOF(FAULTS, CHECK) calls the function handle CHECK, without outputs.
try
    check();
catch err
    if ~strncmp(err.identifier, 'TouchTrain:', 11)
        rethrow(err);
    end
    faults = touchtrain.internal.addFault(faults, err.identifier, err.message);
end
end
