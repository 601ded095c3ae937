function child = pysession()
% PYSESSION  The one PYCHILD of this session.

persistent theChild
if isempty(theChild)
    mlock();    % 'clear all' must not lose the process
    theChild = pychild();
end
child = theChild;
end
