function test_live_curves()
% The curves of a running training: an epoch that was missed is a gap, a closed figure stays closed.
status = @(epoch, progress) struct('state', 'running', 'epoch', epoch, 'progress', progress);
figures = struct('loss', 0.5, 'accuracy', 0.6, 'val_loss', 0.7, 'val_accuracy', 0.8);
curves = [];
text = evalc('curves = touchtrain.internal.liveCurves([], []);');
if touchtrain.internal.hasDisplay()
    expect_equal(text, '');
else
    expect_equal(numel(strfind(text, sprintf('\n'))), 1);
    assert(curves.isOff && ~isempty(strfind(text, 'no display')), 'TouchTrain:Test', '%s', text);
end
curves.isOff = true;
curves = touchtrain.internal.liveCurves(curves, status(1, struct('loss', 0.9)));
expect_equal(isempty(fieldnames(curves.history)), true);
curves = touchtrain.internal.liveCurves(curves, status(1, figures));
curves = touchtrain.internal.liveCurves(curves, status(3, figures));
expect_equal(curves.history.val_loss, [0.7 NaN 0.7]);
expect_equal(curves.history.accuracy, [0.6 NaN 0.6]);

curves.isOff = false;
curves.figure = 'off'; % as 'on', but unseen
text = evalc('curves = touchtrain.internal.liveCurves(curves, status(4, figures));');
assert(~curves.isOff && ishghandle(curves.figure), 'TouchTrain:Test', '%s', text);
close(curves.figure);
curves = touchtrain.internal.liveCurves(curves, struct('loss', [3 2 1]));
expect_equal(curves.history, struct('loss', [3 2 1]));
assert(~curves.isOff);
end
