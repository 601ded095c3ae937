classdef Flag < handle
% FLAG  Logical value that a function shares with its onCleanup callback.
    properties
        isSet = true
    end
end
