% TouchTrain
% Version 0.1.0 29-Nov-2026
%
% Control scripts
%   train_new_model                - Train a new model with the parameters at the top of this script.
%   curate_videos                  - Mark touches in videos with the parameters at the top of this script.
%
% Functions
%   touchtrain.setup               - Find or install the Python environment for TouchTrain and connect to it.
%   touchtrain.doctor              - Check this computer for problems and suggest a remedy for each.
%   touchtrain.help                - List the functions of TouchTrain.
%   touchtrain.options             - List all options and their defaults.
%   touchtrain.convertVideos       - Convert videos and their labels to a training dataset.
%   touchtrain.convertFolders      - Convert a folder with one subfolder of images per class to a training dataset.
%   touchtrain.convertArrays       - Convert frames and labels in the workspace to a training dataset.
%   touchtrain.convertNumpy        - Convert NumPy files of frames and labels to a training dataset.
%   touchtrain.convertTfrecords    - Convert TFRecord files to a training dataset.
%   touchtrain.previewAugmentation - Save a picture of frames before and after augmentation.
%   touchtrain.train               - Train a network on a dataset and save it as an .h5 model.
%   touchtrain.trainInBackground   - Start a training in the background.
%   touchtrain.TrainingJob         - Monitor and control a job of any kind that runs in the background.
%   touchtrain.trainOnCloud        - Train a network on Google Cloud Vertex AI.
%   touchtrain.uploadDataset       - Upload a dataset to a Google Cloud Storage bucket.
%   touchtrain.fetchModel          - Wait for a training in the cloud and download its model.
%   touchtrain.tune                - Search for the best training options and keep the best model.
%   touchtrain.previewRegion       - Show where the ROI lies in videos, and return the pixel that is clicked.
%   touchtrain.curate              - Mark touches in videos with a trained model.
%   touchtrain.curateInBackground  - Start marking videos in the background.
%   touchtrain.review              - Correct touches that may be wrong, of a session or of a person, in the browser.
%   touchtrain.corrected           - Write the labels of a session with the corrections of a person, and return them.
%   touchtrain.addCorrections      - Write a dataset with the recordings that a person corrected, to go on training.
%   touchtrain.redecide            - Decide anew which marked frames are touches, without the network.
%   touchtrain.writeContacts       - Write the touches of a session into a contact array, as a new file.
%   touchtrain.jobs                - List your trainings, conversions and other jobs, with state and progress.
%   touchtrain.attach              - Watch and control a job that was started before.
%   touchtrain.stop                - End a job gently, so that what it has done so far is kept.
%   touchtrain.cancel              - End a job at once.
%   touchtrain.resume              - Resume an interrupted training, search, curation, conversion or upload.
%   touchtrain.unlock              - Release a dataset, model or job that a process on another computer has locked.
%   touchtrain.inspect             - Show what a dataset, model, label file, video, session or job contains.
%   touchtrain.compare             - Compare marks of a model or labels of a person with labels.
%   touchtrain.describe            - Tell a model of an earlier version or of Keras what curation must know.
%   touchtrain.verify              - Check that a dataset is unchanged on disk, or that a model computes as trained.
%   touchtrain.predict             - Classify frames in the workspace with a trained model.
%   touchtrain.plotHistory         - Plot the loss and accuracy curves of a training.
%   touchtrain.showMistakes        - Show the frames that a model misclassified with the highest confidence.
