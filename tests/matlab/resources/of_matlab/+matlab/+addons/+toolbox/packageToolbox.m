function packageToolbox(options)
% PACKAGETOOLBOX  Stands in for MATLAB's function in GNU Octave: a file of that name.
assert(isfolder(options.ToolboxFolder) && all(cellfun(@isfolder, options.ToolboxMatlabPath)));
fclose(fopen(options.OutputFile, 'w'));
end
