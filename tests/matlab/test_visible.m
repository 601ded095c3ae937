function test_visible()
% What a terminal would obey is written out wherever names from files are shown; all else stays.
visible = @touchtrain.internal.values.visible;
expect_equal(visible(['a' char(27) '[2J' char([13 7 127])]), 'a\x1b[2J\x0d\x07\x7f');
expect_equal(visible(sprintf('one\n\ttwo %%s \\n')), sprintf('one\n\ttwo %%s \\n'));
expect_equal(visible(''), '');
text = char([228 223]);
if touchtrain.internal.values.isOctave()
    text = char([195 164 195 159]); % its texts are bytes of UTF-8
end
expect_equal(visible(text), text);
expect_equal(visible('<a href="matlab:quit">x</a>'), '< a href="matlab:quit">x</a>');

folder = made_job('job', 'failed', 0.5); %#ok<NASGU>
id = fopen(fullfile('job', 'error.json'), 'w');
fprintf(id, '%s', '{"kind": "BadLabels", "identifier": "TouchTrain:BadLabels", "text": "no \u001b[31m"}');
fclose(id);
shown = evalc('touchtrain.inspect(folder)');
assert(isempty(find(shown == 27, 1)) && ~isempty(strfind(shown, 'no \x1b[31m')), 'TouchTrain:Test', '%s', shown);
expect_error('TouchTrain:BadLabels', @() touchtrain.internal.jobs.jobResult('job'), 'no \x1b[31m');
end
