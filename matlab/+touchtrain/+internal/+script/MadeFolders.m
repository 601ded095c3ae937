classdef MadeFolders < handle
% MADEFOLDERS  Record and remove the folders that train_new_model creates in its process directory.
%
%   MADE = MADEFOLDERS(PROCESSDIRECTORY) reads the record in that folder. Only folders in the record are ever removed.
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
            % Record a folder in the process directory that has been created, or is about to be.
            made.note([made.folders(~strcmp(made.folders, folder)), {folder}]);
        end

        function note(made, folders)
            % Replace the recorded folders.
            made.folders = folders;
            if ~isempty(folders)
                made.write();
            else
                touchtrain.internal.values.removeFile(made.noteFile());
            end
        end

        function job = lastJob(made)
            % Folder of the last training; '' if there is none.
            isJob = cellfun(@isTraining, made.folders);
            job = '';
            if any(isJob)
                job = made.folders{find(isJob, 1, 'last')};
            end
        end

        function remove(made)
            % Remove the files of the dataset and the jobs. Folders that are in use stay.
            stays = false(1, numel(made.folders));
            for k = 1:numel(made.folders)
                isThere = isfolder(made.folders{k});
                answer = touchtrain.internal.python.askPython('remove_made', made.folders{k});
                if isThere
                    stays(k) = ~answer.is_gone;
                    outcomes = {'Removed', 'Not removed, because it is in use or contains other files:'};
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
                touchtrain.internal.values.fail('TouchTrain:NotWritable', '%s cannot be written.', made.noteFile());
            end
            closing = onCleanup(@() fclose(id)); %#ok<NASGU>
            fprintf(id, '%s\n', jsonencode(struct('made', {names})));
        end
    end
end

function tf = isTraining(folder)
% True for the job folder of a training, false for the folder of another job.
file = fullfile(folder, 'settings.json');
tf = isfile(file);
if tf
    settings = touchtrain.internal.python.fromJson(fileread(file));
    tf = strcmp(settings.command, 'train');
end
end

function removeIfEmpty(folder)
if isfolder(folder) && numel(dir(folder)) == 2 % . and ..
    rmdir(folder);
end
end
