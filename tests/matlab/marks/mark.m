function mark(question, answer)
% MARK  Tell what MATLAB does where its documentation is silent; any answer will do.
%
%   MARK(QUESTION, ANSWER) prints 'mark: QUESTION -> ANSWER'. ANSWER is a text, another value, or a function handle that
%   gives one of them; where it fails, its error is the answer, and of SKIP_TEST the reason. In GNU Octave it is our
%   stand-in for py. that answers, and the line says so. The environment variable TOUCHTRAIN_MARKS names a file for the
%   same lines (absolute path).
if isa(answer, 'function_handle')
    try
        answer = answer();
    catch err
        answer = sprintf('error %s: %s', err.identifier, err.message);
        if strcmp(err.identifier, 'TouchTrain:Skip')
            answer = ['not asked: ' err.message];
        end
    end
end
if ~ischar(answer)
    answer = in_words(answer);
end
answer = regexprep(strtrim(answer), '\s*[\r\n]+\s*', ' / ');
line = sprintf('mark: %s -> %s', question, answer(1:min(end, 300)));
if touchtrain.internal.values.isOctave()
    line = [line ' (stand-in in GNU Octave)'];
end
fprintf('%s\n', line);
file = getenv('TOUCHTRAIN_MARKS');
if ~isempty(file)
    id = fopen(file, 'a');
    assert(id >= 0, 'TouchTrain:Test', 'TOUCHTRAIN_MARKS: %s cannot be written.', file);
    fprintf(id, '%s\n', line);
    fclose(id);
end
end

function text = in_words(value)
% Class, size, and the values if they are few.
text = sprintf('%s of %s', class(value), mat2str(size(value)));
if (isnumeric(value) || islogical(value)) && numel(value) <= 12
    text = [text ': ' mat2str(double(value(:)'))];
end
end
