function [given, pairs, remover] = curationInputs(model, videos, arguments)
% CURATIONINPUTS  Arguments and options of a curation in the form that its job takes.
%
%   [GIVEN, PAIRS, REMOVER] = CURATIONINPUTS(MODEL, VIDEOS, ARGUMENTS): ARGUMENTS is the cell array of the user's
%   name-value arguments. GIVEN is {model, videos as JSON, ''} with absolute paths, PAIRS the row of options. '' is the
%   output folder, which is an option in MATLAB. REMOVER removes, when it is cleared, saved labels that no job took.
remover = [];
pairs = touchtrain.internal.options.centersOption(touchtrain.internal.options.nameValues(arguments, 'curate'));
model = touchtrain.internal.values.absolutePath(model, 'model');
videos = touchtrain.internal.values.absolutePaths(videos, 'videos', ...
    'a folder, a video file, or a list of video files (cellstr or string)');
for k = 1:2:numel(pairs)
    if strcmpi(pairs{k}, 'Labels')
        [pairs{k + 1}, remover] = touchtrain.internal.curation.labelsOption(pairs{k + 1});
    elseif strcmpi(pairs{k}, 'ContactArray') && iscell(pairs{k + 1}) && ~isempty(pairs{k + 1})
        touchtrain.internal.values.fail('TouchTrain:BadOption', ['ContactArray must be a .mat file here. With a ' ...
            'variable, call touchtrain.writeContacts once the videos are marked.']);
    elseif strcmpi(pairs{k}, 'FrameMap') && ~touchtrain.internal.values.isText(pairs{k + 1}) && ...
            ~touchtrain.internal.values.isBlank(pairs{k + 1})
        pairs{k + 1} = touchtrain.internal.contacts.frameMaps(pairs{k + 1});
        if isstruct(pairs{k + 1})
            pairs{k + 1} = num2cell(pairs{k + 1});
        end
    elseif any(strcmpi(pairs{k}, {'Output', 'ContactArray', 'FrameMap'}))
        pairs{k + 1} = touchtrain.internal.options.optionalPath(pairs{k + 1}, pairs{k});
    end
end
given = {model, jsonencode(videos), ''};
end
