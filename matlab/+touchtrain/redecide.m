function [marks, session] = redecide(session, varargin)
% REDECIDE  Decide anew which marked frames are touches, without the network.
%
%   touchtrain.redecide(SESSION, 'Threshold', T) makes the labels, touches and results of a session anew: frames whose
%   stored probability is at or above T are touches. The videos and the model are not needed.
%     SESSION  folder of the results of touchtrain.curate (char or string), or its second output.
%
%   [MARKS, SESSION] = touchtrain.redecide(...) returns the new marks and a summary, as touchtrain.curate does. SESSION
%   has also touches_before, changed (names of results that a person changed, and that are kept as they are), and in
%   decision the shortest touch in frames (min_duration) and ms (min_duration_ms).
%
%   ... = touchtrain.redecide(..., 'Name', value, ...) sets options. Without a value, all is as before:
%     'Threshold'    probability at and above which a frame is a touch, 0 to 1.
%     'MinDuration'  shortest touch in frames; shorter ones are dropped.
%     'FrameRate'    frames per second of the camera, for durations in ms.
%     'Formats'      further formats of the results, as in touchtrain.curate.
%     'Recordings'   names of some recordings, or of their videos (char, cellstr or string). Default: all.
%     'Output'       folder for a copy of the session with the new decision. Default: the session itself is changed.
%     'Verbose'      true (default) to print the summary.
%
%   A frame that was not looked at keeps its label. A model with more than two classes has no threshold: each frame is
%   of its likeliest class.
%
%   Example
%     [~, session] = touchtrain.curate('model.h5', 'example/videos', 'Output', 'marked');
%     marks = touchtrain.redecide(session, 'Threshold', 0.7, 'MinDuration', 3);
%     disp(marks(1).touches.onset');
%
%   See also touchtrain.curate, touchtrain.compare, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.redecide(session, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'redecide');
folder = touchtrain.internal.curation.sessionFolder(session);
for k = 1:2:numel(pairs)
    if strcmpi(pairs{k}, 'Output')
        pairs{k + 1} = touchtrain.internal.options.optionalPath(pairs{k + 1}, pairs{k});
    end
end
[report, isVerbose] = touchtrain.internal.jobs.runPassing(pairs, 'redecide', folder);
[marks, session] = touchtrain.internal.curation.curationOutputs(report, isVerbose, nargout);
if nargout == 0
    clear('marks');
end
end
