function place = firstDifference(found, meant, place)
% FIRSTDIFFERENCE  Place of the first difference between two values in class, size, order of fields or content.
%
%   PLACE = FIRSTDIFFERENCE(FOUND, MEANT, PLACE): PLACE is the name of the value, such as 'contacts'. The output is ''
%   if both are the same, and otherwise a place such as 'contacts{3}.touchConfidence'. NaN is the same as NaN.
isSame = strcmp(class(found), class(meant)) && isequal(size(found), size(meant)) && ...
    issparse(found) == issparse(meant);
if ~isSame
    return
end
if iscell(meant)
    for k = 1:numel(meant)
        inner = touchtrain.internal.contacts.firstDifference(found{k}, meant{k}, sprintf('%s{%d}', place, k));
        if ~isempty(inner)
            place = inner;
            return
        end
    end
elseif isstruct(meant)
    names = fieldnames(meant);
    if ~isequal(fieldnames(found), names)
        return
    end
    for k = 1:numel(meant)
        for name = names'
            inner = touchtrain.internal.contacts.firstDifference(found(k).(name{1}), meant(k).(name{1}), ...
                [place '.' name{1}]);
            if ~isempty(inner)
                place = inner;
                return
            end
        end
    end
elseif isa(meant, 'containers.Map') % a handle: whether two of them are equal is not documented
    isSame = isempty(touchtrain.internal.contacts.firstDifference( ...
        [found.keys(), found.values()], [meant.keys(), meant.values()], place));
elseif isa(meant, 'function_handle')
    isSame = strcmp(func2str(found), func2str(meant)); % two handles are never equal once one was saved
else
    isSame = isequaln(found, meant);
end
if isSame
    place = '';
end
end
