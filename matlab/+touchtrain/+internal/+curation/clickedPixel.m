function at = clickedPixel(record, click)
% CLICKEDPIXEL  Pixel of a video that was clicked in a picture of several frames.
%
%   AT = CLICKEDPIXEL(RECORD, CLICK): RECORD is what previewRegion of Python returns, CLICK is [x y] in the picture, as
%   ginput returns it: the middle of its first pixel is [1 1]. AT is [x y] in the frame that was clicked, counted from
%   1, or [] if CLICK is empty or lies in no frame.
at = [];
for k = 1:numel(record.rows) * ~isempty(click)
    row = record.rows(k);
    pixel = ceil((click - 0.5 - [row.left row.top]) / row.scale);
    if all(pixel >= 1) && all(pixel <= [row.width row.height])
        at = pixel;
    end
end
end
