function [name, product] = jobWords(job)
% JOBWORDS  What a job is called, and what it makes: 'training' and 'model', 'search', 'conversion' and 'dataset'.
%
%   [NAME, PRODUCT] = JOBWORDS(JOB): JOB is the status of the job.
switch job.command
    case 'train'
        name = 'training';
        product = 'model';
    case 'tune'
        name = 'search';
        product = 'model';
    case 'upload'
        name = 'upload';
        product = 'dataset';
    case 'verify'
        name = 'verification';
        product = 'dataset';
    otherwise
        name = 'conversion';
        product = 'dataset';
end
end
