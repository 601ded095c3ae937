function folder = sessionFolder(session)
% SESSIONFOLDER  Absolute path of the folder of a session, given as a path or as an output of touchtrain.curate.
if isstruct(session) && isscalar(session) && isfield(session, 'path')
    session = session.path;
end
folder = touchtrain.internal.values.absolutePath(session, 'session');
end
