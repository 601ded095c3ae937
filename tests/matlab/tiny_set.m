function tiny_set(name)
% TINY_SET  Write a small dataset of three recordings.
[a, first] = tiny_arrays(48, 1);
[b, second] = tiny_arrays(40, 2);
[c, third] = tiny_arrays(48, 3);
report = touchtrain.convertArrays({a, b, c}, {first, second, third}, name); %#ok<NASGU>
end
