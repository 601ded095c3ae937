function report = addCorrections(dataset, session, newDataset, varargin)
% ADDCORRECTIONS  Write a dataset with the recordings that a person corrected, to go on training.
%
%   touchtrain.addCorrections(DATASET, SESSION, NEWDATASET) writes the folder NEWDATASET with all recordings of DATASET
%   and those of SESSION that a person looked at in touchtrain.review, and prints a summary. Train on it with the option
%   InitialModel, and the new model goes on where the old one ended. DATASET stays as it is.
%     DATASET     folder of a dataset (char or string), as a rule that on which the model of SESSION was trained.
%     SESSION     folder of the results of touchtrain.curate (char or string), or its second output; or DATASET again,
%                 if its own labels were reviewed: these recordings get the labels of the review.
%     NEWDATASET  folder to write (char or string). An existing dataset is replaced only when the new one is complete.
%                 An interrupted call resumes where it stopped.
%
%   The frames are those that the model saw; they must have the size, the contrast and the grey of DATASET. Classes are
%   found by their names. Recordings keep the side (training, validation, test) that they had when the model was
%   trained, so that both models are judged on the same recordings; added ones are for training. If the model is gone,
%   or was trained on another dataset, a warning says so, and the next training splits anew.
%
%   REPORT = touchtrain.addCorrections(...) returns a struct instead of printing the summary: path, class_names,
%   image_shape, frames, counts per class and recordings of the new dataset; added, replaced and skipped (names of
%   recordings); confirmed, corrected, machine and given (numbers of frames by the origin of their label: of a person in
%   the review, of the model, or as they were in the dataset);
%   corrections (a struct array that says where each corrected recording comes from: recording, session, model and
%   others); sides (number of recordings by side); and warnings.
%
%   ... = touchtrain.addCorrections(..., 'Name', value, ...) sets options:
%     'Frames'     'reviewed' (default): frames that nobody looked at are left out; or 'all': they keep the label of
%                  the model, from which a network learns its errors, too; a warning says how many those are.
%     'OnKnown'    what to do with a video that is in DATASET already: 'error' (default); 'replace', the labels of the
%                  review take the place of the former ones, which stay where a person gave them and nobody looked now;
%                  or 'skip', the former ones stay.
%     'KeepSides'  true (default) to keep the sides; false to leave them to the next training.
%     'Verbose'    true (default) to show progress.
%
%   The work is done in a separate Python process. Ctrl+C returns to the prompt, and the process continues.
%
%   Example
%     touchtrain.review('marked');
%     touchtrain.addCorrections('set', 'marked', 'set2');
%     touchtrain.train('set2', 'model2.h5', 'InitialModel', 'model.h5');
%
%   See also touchtrain.review, touchtrain.corrected, touchtrain.train, touchtrain.inspect, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 3, ...
    'touchtrain.addCorrections(dataset, session, newDataset, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'addCorrections');
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
folder = touchtrain.internal.curation.sessionFolder(session);
newDataset = touchtrain.internal.values.absolutePath(newDataset, 'newDataset');
result = touchtrain.internal.jobs.runJob(pairs, 'addCorrections', dataset, folder, newDataset);
if nargout == 0
    touchtrain.internal.data.printDataset(result.report);
else
    report = result.report;
end
end
