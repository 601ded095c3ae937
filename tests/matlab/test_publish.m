function test_publish()
% The examples can be published: publish reads their headings. Without their results here, which take minutes.
folder = fullfile(fileparts(fileparts(which('train_new_model'))), 'examples');
names = {'run_demo', 'frames_in_the_workspace'};
for k = 1:numel(names)
    copyfile(fullfile(folder, [names{k} '.m']), [names{k} '.m']);
    publish([names{k} '.m'], 'evalCode', false, 'outputDir', pwd());
    page = fileread([names{k} '.html']);
    titles = regexp(fileread([names{k} '.m']), '(?<=^%% )[^\n]+', 'match', 'lineanchors');
    assert(numel(titles) >= 4);
    isThere = cellfun(@(title) ~isempty(regexp(page, ['<h[12][^>]*>(<a[^>]*>)?\s*' title], 'once')), titles);
    assert(all(isThere), 'TouchTrain:Test', 'Not a heading: %s', strjoin(titles(~isThere), ', '));
    assert(isempty(regexp(page, '<p>[^<]*\|', 'once')), 'TouchTrain:Test', 'Markup of %s is not understood.', names{k});
end
end
