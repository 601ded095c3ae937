function expect_has(text, words)
% EXPECT_HAS  Assert that a text contains these words: a text, or a cell of texts.
words = cellstr(words);
for k = 1:numel(words)
    assert(~isempty(strfind(text, words{k})), 'TouchTrain:Test', 'No "%s" in:\n%s', words{k}, text);
end
end
