function slim = slimTrials(contacts)
% SLIMTRIALS  What decides about the trials of a contact array, in a form that any reader of .mat files knows.
%
%   SLIM = SLIMTRIALS(CONTACTS): a row cell array with a struct per trial, as long as CONTACTS. Fields with touches,
%   codes, confidences, numbers and edits are double, cells of double or text. Of all other fields texts are kept, and
%   whether they are empty ([]) or not (1). TouchTrain:BadLabels is raised if a deciding field has another class.
faults = touchtrain.internal.values.Faults();
slim = cell(1, numel(contacts));
for k = 1:numel(contacts)
    item = contacts{k};
    if isstruct(item) && isscalar(item)
        names = fieldnames(item);
        values = cell(numel(names), 1);
        for n = 1:numel(names)
            values{n} = slimField(item.(names{n}), names{n}, sprintf('contacts{%d}.%s', k, names{n}), faults);
        end
        slim{k} = cell2struct(values, names, 1);
    elseif isempty(item)
        slim{k} = [];
    else
        slim{k} = sprintf('a value of class %s', class(item));
    end
end
faults.raise();
end

function value = slimField(value, name, place, faults)
plain = lower(strrep(name, '_', ''));
if any(strcmp(plain, {'contactinds', 'prepross', 'touchconfidence', 'trialnum', 'segmentinds', 'inferredinds', ...
        'contactlength'}))
    value = numbers(value, place, faults);
elseif touchtrain.internal.values.isText(value)
    value = char(value);
elseif iscell(value) && isscalar(value) && touchtrain.internal.values.isText(value{1})
    value = {char(value{1})}; % the name of a video, perhaps
elseif any(strcmp(plain, {'manualadd', 'manualdel', 'passivetouch', 'uncuratable', ...
        'originoflabel'})) && isNumbers(value)
    value = full(double(value));
elseif isVoid(value)
    value = [];
else
    value = 1;
end
end

function value = numbers(value, place, faults)
if iscell(value)
    for k = 1:numel(value)
        value{k} = numbers(value{k}, sprintf('%s{%d}', place, k), faults);
    end
elseif touchtrain.internal.values.isText(value)
    value = char(value); % Skipped
elseif isNumbers(value)
    value = full(double(value));
else
    kind = class(value);
    if isnumeric(value) && ~isreal(value)
        kind = ['complex ' kind];
    end
    faults.add('TouchTrain:BadLabels', sprintf('%s is %s. Expected real numbers.', place, kind));
end
end

function tf = isNumbers(value)
tf = (isnumeric(value) || islogical(value)) && isreal(value);
end

function tf = isVoid(value)
% Whether a value is empty, or holds empty values only: a trial of such fields is a template.
tf = isempty(value);
if ~tf && iscell(value)
    tf = all(cellfun(@isVoid, value(:)));
elseif ~tf && isstruct(value) && isscalar(value)
    tf = all(structfun(@isVoid, value));
end
end
