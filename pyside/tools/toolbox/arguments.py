"""What completion offers for the inputs of functions, and for the options that only MATLAB code reads.

The settings classes say it for all other options. A type is written as in ``functionSignatures.json``: a tuple of
conditions that all hold; several types are alternatives.
"""

from __future__ import annotations

from pyside.data.formats.csv_files import CSV_SUFFIXES
from pyside.data.formats.images import SUFFIXES as IMAGE_SUFFIXES
from pyside.data.video.reader import VIDEO_SUFFIXES

Types = tuple[tuple[str, ...], ...]
Described = tuple[Types, str]


def files(*suffixes: str) -> tuple[str]:
    """Return the type of a file with one of these suffixes."""
    return (f"file={','.join(f'*{suffix}' for suffix in suffixes)}",)


def choices(*names: str) -> tuple[str, str]:
    """Return the type of one of these texts."""
    return ("char", f"choices={{{','.join(repr(name) for name in names)}}}")


_FOLDER = ("folder",)
_MODEL = files(".h5", ".keras")
_LABELS = files(".mat", ".npy", ".h5", ".nwb", *CSV_SUFFIXES)
_VARIABLE: Types = (("numeric",), ("logical",), ("cell",), ("string",), ("categorical",))
_SWITCH = (("logical", "scalar"),)
_JOB: Types = (("numeric", "scalar", "positive", "integer"), ("char",), ("string", "scalar"), _FOLDER)
_ANY_JOB: Types = (*_JOB, ("touchtrain.TrainingJob", "scalar"))
_TIME: Types = (("numeric", "scalar", "nonnegative"), ("duration", "scalar"))

# Values that are named by what they stand for. A setting names one of these where its check does not say it.
KINDS: dict[str, Types] = {
    "anything on disk": (_FOLDER, files(".h5", ".keras", ".onnx", ".mat", ".npy", *CSV_SUFFIXES, *VIDEO_SUFFIXES)),
    "centers": (files(".mat", ".npy", ".bar"), _FOLDER, ("numeric",), ("cell",)),
    "contact array": (files(".mat"), ("cell",)),
    "folder": (_FOLDER,),
    "frame map": (files(".mat"), ("cell",), ("struct",)),
    "frame values": (files(".mat", ".npy", *CSV_SUFFIXES), ("numeric",), ("cell",)),
    "image": (files(*IMAGE_SUFFIXES),),
    "labels": (_LABELS, *_VARIABLE, ("struct",), ("table",)),
    "mat file": (files(".mat"),),
    "model": (_MODEL,),
    "names": (("cell",), ("string",), ("numeric",)),
    "python": (files(".py"),),
    "table": (files(*CSV_SUFFIXES),),
    "videos": (_FOLDER, files(*VIDEO_SUFFIXES), ("cell",), ("string",)),
}

# Inputs: types, and what they are. `FUNCTION.INPUT` goes before `INPUT`.
INPUTS: dict[str, Described] = {
    "attach.job": (_JOB, "Number, name or folder of a job."),
    "cancel.job": (_ANY_JOB, "Job to end: its number, name or folder, or the object."),
    "cloudSettings": ((("struct", "scalar"),), "Settings of the cloud, such as projectID and mainBucket."),
    "compare.predicted": ((_FOLDER, *KINDS["labels"]), "Labels to judge: results of curate, a file or a variable."),
    "compare.reference": ((_FOLDER, *KINDS["labels"]), "Labels that count as the truth."),
    "contacts": (KINDS["contact array"], "Contact array to copy: a file or a variable; [] for a new one."),
    "convertArrays.labels": (_VARIABLE, "One label per frame."),
    "convertNumpy.folder": (
        (_FOLDER, files(".npy", ".npz", ".h5")),
        "Folder with frames.npy and labels.npy or pairs of files, or one file with both.",
    ),
    "dataset": ((_FOLDER,), "Folder of the dataset."),
    "describe.output": ((_MODEL,), "Copy of the model to write."),
    "files": ((_FOLDER, files(".tfrecord", ".tfrecords"), ("cell",), ("string",)), "TFRecord files, or their folder."),
    "folder": ((_FOLDER,), "Folder of the job."),
    "frames": ((("numeric",), ("logical",), ("cell",)), "Frames, as an array or a cell array of arrays."),
    "history": ((("struct", "scalar"),), "Curves, as touchtrain.train returns them."),
    "job": ((("touchtrain.TrainingJob",),), "The job."),
    "jobs.folder": ((_FOLDER,), "Folder with jobs in it."),
    "labels": (KINDS["labels"], "Labels of the frames, as a file or a variable."),
    "limit": (_TIME, "Longest time to wait, in seconds or as a duration."),
    "model": ((_MODEL,), "Model file."),
    "modelFile": ((files(".h5"),), "Model file to write."),
    "newDataset": ((_FOLDER,), "Folder of the dataset to write."),
    "params": ((("struct",),), "Variable params that belongs to the contact array."),
    "path": (KINDS["anything on disk"], "Dataset, model, label file, video, session or job."),
    "picture": ((files(".png"),), "PNG file to write."),
    "predict.frames": (
        (("numeric",), ("logical",), ("cell",), _FOLDER, files(".mat", ".npy", ".npz", ".h5", *IMAGE_SUFFIXES)),
        "Frames, or a file or folder with frames.",
    ),
    "report": ((("struct", "scalar"), _FOLDER), "Report of a training, or its folder."),
    "resume.job": (_ANY_JOB, "Job to resume: its number, name or folder, or the object."),
    "review.session": (
        (_FOLDER, ("struct", "scalar"), files(*VIDEO_SUFFIXES)),
        "Session, dataset, or videos with labels.",
    ),
    "root": ((_FOLDER,), "Folder with one subfolder of images per class."),
    "search": ((("struct", "scalar"),), "Values to try of each option: two numbers (a range) or a cell array."),
    "session": ((_FOLDER, ("struct", "scalar")), "Results of touchtrain.curate: their folder, or its second output."),
    "source": ((("touchtrain.TrainingJob", "scalar"), _FOLDER), "Training in the cloud: the job, or its folder."),
    "stop.job": (_ANY_JOB, "Job to end: its number, name or folder, or the object."),
    "unlock.path": ((_FOLDER, _MODEL), "Dataset, model or job that is locked."),
    "verify.path": ((_FOLDER, _MODEL), "Dataset or model file."),
    "videos": (KINDS["videos"], "Folder of videos, a video file, or a list of them."),
}

# Options that no settings class has.
OWN_OPTIONS: dict[str, Described] = {
    "Bundle": ((_FOLDER,), "Folder of a job whose logs to collect in a zip file."),
    "Devices": ((choices("all"), ("numeric", "scalar")), "Another number of devices for a training or search."),
    "File": ((files(".png"),), "PNG file for the picture; then no figure is shown."),
    "Folder": ((_FOLDER,), "Folder whose disk space and write access to check."),
    "Install": (_SWITCH, "Whether to make an environment and install the packages if no Python is found."),
    "Most": ((("numeric", "scalar", "positive"),), "Most frames to show."),
    "Plots": ((choices("none", "training-progress"),), "Whether to draw the curves during training."),
    "Python": ((files(""),), "Python interpreter to use."),
    "Scheduler": ((("char",), ("string", "scalar")), "Address of the scheduler of another cluster, or 'none'."),
    "Timeout": (_TIME, "Longest time to wait, in seconds or as a duration."),
    "TrustCode": (_SWITCH, "Whether to trust the code of a job that was not started on this computer."),
    "Verbose": (_SWITCH, "Whether to show progress."),
}


def described(table: dict[str, Described], function: str, name: str) -> Described:
    """Return the types and the purpose of an input or option of a function.

    Raises:
        KeyError: it is not described here.
    """
    found = table.get(f"{function}.{name}") or table.get(name)
    if found is None:
        raise KeyError(f"{name} of touchtrain.{function} is not described in {__file__}.")
    return found
