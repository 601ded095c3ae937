function [name, product] = jobNames(job)
% JOBNAMES  Words for a job and its product, such as 'training' and 'model', or 'conversion' and 'dataset'.
%
%   [NAME, PRODUCT] = JOBNAMES(JOB): JOB is the status of the job.
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
    case 'curate'
        name = 'curation';
        product = 'results';
    otherwise
        name = 'conversion';
        product = 'dataset';
end
end
