classdef ToolboxOptions < handle
    % TOOLBOXOPTIONS  Stands in for MATLAB's class in GNU Octave: the properties that toolboxOptions sets.
    properties
        ToolboxFolder
        Identifier
        ToolboxName
        ToolboxVersion
        Summary
        Description
        AuthorName
        MinimumMatlabRelease
        SupportedPlatforms = struct()
        ToolboxMatlabPath
        ToolboxGettingStartedGuide = ''
        OutputFile
    end

    methods
        function options = ToolboxOptions(folder, identifier)
            options.ToolboxFolder = folder;
            options.Identifier = identifier;
        end
    end
end
