function make_whisker_videos(folder, varargin)
% MAKE_WHISKER_VIDEOS  Render example videos of a whisker and a pole, with labels.
%
%   MAKE_WHISKER_VIDEOS(FOLDER) writes FOLDER/videos with eight videos of 600 frames, FOLDER/labels.mat (one label per
%   frame), and FOLDER/centers.mat (the position of the pole). It calls make_whisker_videos.py beside it, with the
%   Python that touchtrain.setup found.
%
%   MAKE_WHISKER_VIDEOS(FOLDER, 'Recordings', 32, 'Frames', 300, 'Seed', 2) sets the number of videos, that of their
%   frames, and the random seed (default 1). The same seed gives the same videos.
%
%   See also touchtrain.setup, touchtrain.convertVideos, run_demo
info = touchtrain.setup();
given = inputParser();
given.addParameter('Recordings', 8);
given.addParameter('Frames', 600);
given.addParameter('Seed', 1);
given.parse(varargin{:});
number = @(name) sprintf('%d', given.Results.(name));
script = fullfile(fileparts(mfilename('fullpath')), 'make_whisker_videos.py');
target = touchtrain.internal.values.absolutePath(folder, 'folder');
status = touchtrain.internal.python.runClean(info.job_python, {script, target, '--recordings', ...
    number('Recordings'), '--frames', number('Frames'), '--seed', number('Seed')});
if status ~= 0
    error('TouchTrain:NotWritable', 'The videos were not rendered; the reason stands above.');
end
end
