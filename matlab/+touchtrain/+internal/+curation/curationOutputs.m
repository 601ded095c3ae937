function [marks, session] = curationOutputs(report, isVerbose, count)
% CURATIONOUTPUTS  Convert the report of a curation to the outputs of touchtrain.curate.
%
%   [MARKS, SESSION] = CURATIONOUTPUTS(REPORT, ISVERBOSE, COUNT) prints the summary if ISVERBOSE, and warns of videos
%   that failed. COUNT is the number of outputs of the public function: with none, the marks are not read.
session = withLists(report);
if isVerbose
    wasTold = ismember(session.page, strcat({'Warning: '}, session.told)); % while the job was watched
    touchtrain.internal.values.show('%s\n', session.page{~wasTold});
end
session = rmfield(session, 'told');
marks = [];
if strcmp(report.kind, 'session') && report.failed > 0
    warning('TouchTrain:VideosFailed', '%s', touchtrain.internal.values.visible(sprintf( ...
        '%s of %d could not be marked: %s. session.csv in %s says why.', ...
        touchtrain.internal.values.countText(report.failed, 'video'), report.videos, ...
        touchtrain.internal.values.firstNames({report.failures.name}), report.path)));
end
if strcmp(report.kind, 'session') && count > 0
    marks = touchtrain.internal.curation.readMarks(report.path, report.names);
end
end

function session = withLists(session)
% Give lists their class if they are empty, too: the decoder makes [] of an empty list.
lists = struct('warnings', {{}}, 'told', {{}}, 'names', {{}}, 'changed', {{}}, 'faults', {{}}, ...
    'failures', struct('name', {}, 'video', {}, 'why', {}), 'comparison', []);
for name = fieldnames(lists)'
    isThere = isfield(session, name{1});
    if strcmp(name{1}, 'told') && ~isThere || isThere && isempty(session.(name{1}))
        session.(name{1}) = lists.(name{1});
    end
end
if isfield(session, 'contacts') && isstruct(session.contacts)
    session.contacts = touchtrain.internal.contacts.reportLists(session.contacts);
end
if isfield(session, 'comparison') && ~isempty(session.comparison)
    session.comparison = touchtrain.internal.curation.comparisonLists(session.comparison);
end
end
