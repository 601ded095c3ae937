classdef Flag < handle
% FLAG  A yes or no that a function shares with what its onCleanup calls.
    properties
        isUp = true
    end
end
