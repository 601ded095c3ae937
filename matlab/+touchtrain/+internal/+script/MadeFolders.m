classdef MadeFolders < handle
% MADEFOLDERS  The folders that train_new_model has made in its process directory: it notes and removes them.
%
%   MADE = MADEFOLDERS(PROCESSDIRECTORY) reads the note in there. Only what it names is ever removed.
    properties (SetAccess = private)
        processDirectory
        folders = {} % absolute paths, oldest first
    end
    methods
        function made = MadeFolders(processDirectory)
            made.processDirectory = processDirectory;
            if isfile(made.noteFile())
                note = touchtrain.internal.python.fromJson(fileread(made.noteFile()));
                if ~isempty(note.made)
                    made.folders = cellfun(@(name) fullfile(processDirectory, name), note.made, ...
                        'UniformOutput', false);
                end
            end
        end

        function add(made, folder)
            % Note that a folder within the process directory has been made, or is about to be.
            made.note([made.folders(~strcmp(made.folders, folder)), {folder}]);
        end

        function note(made, folders)
            % Note these folders in place of those that were noted.
            made.folders = folders;
            if ~isempty(folders)
                made.write();
            elseif isfile(made.noteFile())
                delete(made.noteFile());
            end
        end

        function job = lastJob(made)
            % Folder of the last training; '' where there is none.
            isIt = cellfun(@isTraining, made.folders);
            job = '';
            if any(isIt)
                job = made.folders{find(isIt, 1, 'last')};
            end
        end

        function remove(made)
            % Remove the dataset and the jobs: what was written for them. What somebody works on stays.
            stays = false(1, numel(made.folders));
            for k = 1:numel(made.folders)
                isThere = isfolder(made.folders{k});
                answer = touchtrain.internal.python.askPython('remove_made', made.folders{k});
                if isThere
                    stays(k) = ~answer.is_gone;
                    outcomes = {'Removed', 'Not removed, because it is in use or holds other files:'};
                    touchtrain.internal.values.show('%s %s\n', outcomes{stays(k) + 1}, made.folders{k});
                end
            end
            removeIfEmpty(fullfile(made.processDirectory, 'jobs'));
            made.note(made.folders(stays));
        end
    end
    methods (Access = private)
        function file = noteFile(made)
            file = fullfile(made.processDirectory, 'train_new_model.json');
        end

        function write(made)
            start = numel(made.processDirectory) + 2;
            names = cellfun(@(one) strrep(one(start:end), '\', '/'), made.folders, 'UniformOutput', false);
            id = fopen(made.noteFile(), 'w');
            if id < 0
                error('TouchTrain:NotWritable', '%s cannot be written.', made.noteFile());
            end
            closing = onCleanup(@() fclose(id)); %#ok<NASGU>
            fprintf(id, '%s\n', jsonencode(struct('made', {names})));
        end
    end
end

function yes = isTraining(folder)
% Whether a folder is that of a training, and not of a conversion.
file = fullfile(folder, 'settings.json');
yes = isfile(file);
if yes
    settings = touchtrain.internal.python.fromJson(fileread(file));
    yes = strcmp(settings.command, 'train');
end
end

function removeIfEmpty(folder)
if isfolder(folder) && numel(dir(folder)) == 2 % . and ..
    rmdir(folder);
end
end
