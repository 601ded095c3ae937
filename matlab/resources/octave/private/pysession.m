function child = pysession()
% PYSESSION  The PYCHILD of this session.

persistent theChild
if isempty(theChild)
    mlock();    % 'clear all' must keep the process
    theChild = pychild();
end
child = theChild;
end
