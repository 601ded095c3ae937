function [contacts, report] = writeContacts(session, contacts, varargin)
% WRITECONTACTS  Write the touches of a session into a contact array, as a new file.
%
%   touchtrain.writeContacts(SESSION) writes a new contact array, in the form of the older lab tool: a cell array with
%   one struct per trial, trial n in cell n.
%     SESSION   folder of the results of touchtrain.curate (char or string), or its second output.
%   touchtrain.writeContacts(SESSION, CONTACTS, PARAMS) writes a copy of a contact array, with the touches of the
%   session.
%     CONTACTS  the cell array of the workspace, or the path of a .mat file that holds one; [] for a new one. All other
%               variables of the file are copied.
%     PARAMS    the variable params that belongs to the cell array, saved beside it; may be left out.
%   CONTACTS = touchtrain.writeContacts(...) returns the contact array that was written.
%   [CONTACTS, REPORT] = touchtrain.writeContacts(...) returns a struct, too: path (the file), n_trials, written and
%   changed (numbers of trials), left (struct array: cell, trial, recording and why of each trial that stays as it was),
%   removed (struct array: cell, trial and fields that were taken out), pairing, contact_class, warnings (cell array).
%
%   What is written in a trial: contactInds (frames with touch, from 1), prepross (2: the network looked, 0: surely no
%   touch, -1: could not be looked at), touchConfidence (probability of touch; 0 where it did not look), and, where they
%   are, segmentInds, inferredInds and contactLength. Forces that no longer fit, such as M0combo, are taken out, with a
%   warning. All else stays as it is: other fields and their order, empty cells, the template.
%   A trial that a person corrected stays as it is: if manualAdd, manualDel, passiveTouch, uncuratable or originOfLabel
%   (see touchtrain.corrected) is filled, or if no threshold on touchConfidence gives contactInds, or only one that
%   hardly any other trial follows.
%   touchtrain.inspect(FILE) says which these are.
%   The file is loaded again and compared before it gets its name; an existing file is never replaced.
%
%   ... = touchtrain.writeContacts(..., 'Name', value, ...) sets options; touchtrain.options('writeContacts') lists all:
%     'Output'           the .mat file to write. Default: beside the folder of the session, with _contacts after its
%                        name.
%     'ContactClass'     class whose frames are touches, for models with several.
%     'OverwriteManual'  numbers of trials that are written although a person corrected them.
%     'FrameMap'         the frames of the video to which the samples of the trials belong, where a tracker skipped
%                        frames: a cell array with a vector of frame numbers (or times in seconds) for each cell;
%                        structs with trialNum and frames; an array of trials T, of which
%                        T.trials{k}.whiskerTrial.time{1} are the times; or a .mat file with one of these. Default:
%                        sample n is frame n.
%     'Pairing', 'TrialPattern', 'LabelVariable'   as in touchtrain.convertVideos
%     'Verbose'          true (default) to print what was written.
%
%   The lab's browser of contacts needs more than a contact array: the array of trials, and in each trial M0combo and
%   other forces as long as its time vector. TouchTrain writes neither; compute the forces anew from the new contacts.
%
%   Example
%     [~, session] = touchtrain.curate('model.h5', 'example/videos', 'Output', 'marked');
%     contacts = touchtrain.writeContacts(session, [], 'Output', 'contacts.mat');
%     disp(contacts{1}.contactInds{1});
%
%   See also touchtrain.curate, touchtrain.inspect, touchtrain.redecide, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 1, ...
    'touchtrain.writeContacts(session, contacts, params, ''Name'', value, ...)');
if nargin < 2
    contacts = [];
end
[source, pairs] = sourceOf(contacts, varargin);
[variables, report] = touchtrain.internal.contacts.writeNew( ...
    touchtrain.internal.curation.sessionFolder(session), source, pairs, 'contacts');
contacts = variables.(report.variable);
if touchtrain.internal.options.isOn(pairs, 'Verbose', true)
    touchtrain.internal.values.show('%s\n', report.page{:});
end
report = rmfield(report, 'page');
if nargout == 0
    clear('contacts');
end
end

function [source, pairs] = sourceOf(contacts, given)
% Where the contact array comes from, and the options, which may begin in place of contacts or params.
isOdd = mod(numel(given), 2) == 1;
if isOdd && touchtrain.internal.values.isText(contacts) && isOption(char(contacts)) && ~isfile(char(contacts))
    given = [{contacts}, given];
    contacts = [];
    isOdd = false;
end
params = {};
if isOdd && ~touchtrain.internal.values.isText(given{1}) && ~(isstruct(given{1}) && ...
        any(cellfun(@isOption, fieldnames(given{1}))))
    params = given(1);
    given = given(2:end);
end
pairs = touchtrain.internal.options.nameValues(given, 'writeContacts');
source = touchtrain.internal.contacts.readSource(contacts, params, ...
    touchtrain.internal.options.optionValue(pairs, 'LabelVariable', []));
end

function tf = isOption(name)
tf = ~isempty(touchtrain.internal.options.inFull(name, touchtrain.internal.options.optionNames('writeContacts')));
end
