function test_mark_functions()
% Functions of which it is not known since which release they are in MATLAB itself. TouchTrain calls none of them.
names = {'imresize', 'rgb2gray', 'exportgraphics', 'VideoReader'};
for k = 1:numel(names)
    mark(['Where is ' names{k}], @() place_of(names{k}));
end
end

function text = place_of(name)
text = which(name);
if isempty(text)
    text = 'nowhere';
end
end
