function tellJobGoesOn(job, isWatched)
% TELLJOBGOESON  Tell where a job is that was left by Ctrl-C and works on.
%
%   TELLJOBGOESON(JOB, ISWATCHED) says nothing where the Flag ISWATCHED is not up.
if isWatched.isUp
    fprintf('\nThe training goes on in the background.\n');
    fprintf('  to look:  touchtrain.inspect(''%s'')\n', job.folder);
    fprintf('  to stop:  fclose(fopen(''%s'', ''w'')); it finishes the batch and saves the best model so far\n', ...
        job.stop_file);
    fprintf('  model:    %s\n', job.model_path);
end
end
