% CURATE_VIDEOS  Mark touches in videos with the parameters at the top of this script.
%
%   Set the parameters, then run the script. It marks each frame of the videos in dataPath with the model modelPath and
%   writes the results to outputFolder. Each section has its own switch, so you can rerun one section without the
%   others. All parameters are checked before anything is written. Parameters that are empty are as in the training of
%   the model.
%
%   Usual order: PREVIEW and CHECK first, to see where the model looks and what pairs with what; then CURATE; then
%   COMPARE with the labels of a person for some of the videos; then REDECIDE with another threshold.
%   The script returns the workspace variables marks (struct array, one element per video) and session (struct) of
%   touchtrain.curate, and agreement (struct) of touchtrain.compare; COMPARE also writes outputFolder/comparison with a
%   page and pictures.
%
%   Fields of a workspace struct curationParameters override the values below. Any option that
%   touchtrain.options('curate') lists can also be a field:
%     curationParameters.modelPath = 'lab/whiskers.h5';
%     curationParameters.dataPath = 'whisker/videos';
%     curationParameters.OnDamage = 'skip';
%     curate_videos
%
%   See also touchtrain.curate, touchtrain.previewRegion, touchtrain.compare, touchtrain.redecide, train_new_model

%% Parameters
modelPath = '';                                 % trained model, an .h5 file
dataPath = '';                                  % folder with videos, a video file, or a cell array of video files
outputFolder = 'curated';                       % folder for the results; created if it does not exist
labelPath = '';                                 % labels of a person to compare with; see touchtrain.convertVideos
roi = [];                                       % side, or [height width], of the region in pixels; [] = the model's
centers = '';                                   % region centre: '' = the model's way, [x y], one per frame, or a file
noCenter = '';                                  % frames without a centre: 'NonTouch' or 'leave-out'
threshold = [];                                 % probability at and above which a frame is a touch; [] = the model's
minDuration = [];                               % shortest touch in frames; [] = the model's
frameRate = [];                                 % frames per second of the camera; [] = as in the files
formats = {'mat', 'csv'};                       % formats of the results; see touchtrain.curate
contactPath = '';                               % contact array of the older lab tool, to be copied with the touches

%% Sections to run: 1 or 0
PREVIEW = 0;                                    % show the region on a frame of the first video
CHECK = 1;                                      % report what would be done; mark nothing
CURATE = 1;                                     % mark the videos; videos that are marked already are not marked again
REDECIDE = 0;                                   % labels anew from the stored probabilities, with threshold, minDuration
COMPARE = 0;                                    % compare the marks with the labels in labelPath

%% Check the parameters
curation = struct('modelPath', {modelPath}, 'dataPath', {dataPath}, 'outputFolder', {outputFolder}, ...
    'labelPath', {labelPath}, 'roi', {roi}, 'centers', {centers}, 'noCenter', {noCenter}, 'threshold', {threshold}, ...
    'minDuration', {minDuration}, 'frameRate', {frameRate}, 'formats', {formats}, 'contactPath', {contactPath}, ...
    'PREVIEW', {PREVIEW}, 'CHECK', {CHECK}, 'CURATE', {CURATE}, 'REDECIDE', {REDECIDE}, 'COMPARE', {COMPARE});
if exist('curationParameters', 'var')
    curation = touchtrain.internal.script.curationPlan(curation, curationParameters);
else
    curation = touchtrain.internal.script.curationPlan(curation, struct());
end

%% Preview
if curation.PREVIEW
    touchtrain.previewRegion(curation.dataPath, curation.previewOptions{:});
end

%% Check
if curation.CHECK
    touchtrain.curate(curation.modelPath, curation.dataPath, curation.checkOptions{:});
end

%% Curation
if curation.CURATE
    [marks, session] = touchtrain.curate(curation.modelPath, curation.dataPath, curation.curateOptions{:});
end

%% Other threshold or minimum duration
if curation.REDECIDE
    [marks, session] = touchtrain.redecide(curation.outputFolder, curation.redecideOptions{:});
end

%% Comparison
if curation.COMPARE
    agreement = touchtrain.compare(curation.outputFolder, curation.labelPath, curation.compareOptions{:});
    touchtrain.internal.values.show('%s\n', agreement.summary{:});
end
clear('curation');
