"""Settings that only MATLAB has: how a job is shown at the prompt."""

from __future__ import annotations

import dataclasses

from pyside.settings.checks import choice, optional, text, yes_or_no
from pyside.settings.cloud import BucketSettings, CloudSettings
from pyside.settings.conversion import FolderSettings, NumpySettings, TfrecordSettings, VideoSettings
from pyside.settings.core import Settings, setting
from pyside.settings.training import TrainSettings, TuneSettings


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class ShownJob(Settings):
    """What every command of MATLAB that starts a job can be told besides: where the job is and what is shown of it."""

    job_folder: str | None = setting(
        None, optional(text), "Folder of the job: settings, progress, log, result. Default: one beside what it makes."
    )
    verbose: bool = setting(True, yes_or_no, "Whether progress is shown.")


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabTrainSettings(ShownJob, TrainSettings):
    """What ``touchtrain.train`` can be told."""

    plots: str = setting(
        "none", choice("none", "training-progress"), "Whether the curves are drawn while the training runs."
    )


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabCloudTrainSettings(MatlabTrainSettings, CloudSettings):
    """What ``touchtrain.trainOnCloud`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabUploadSettings(ShownJob, BucketSettings):
    """What ``touchtrain.uploadDataset`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabVerifySettings(ShownJob):
    """What ``touchtrain.verify`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabTuneSettings(ShownJob, TuneSettings):
    """What ``touchtrain.tune`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabVideoSettings(ShownJob, VideoSettings):
    """What ``touchtrain.convertVideos`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabFolderSettings(ShownJob, FolderSettings):
    """What ``touchtrain.convertFolders`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabNumpySettings(ShownJob, NumpySettings):
    """What ``touchtrain.convertNumpy`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabTfrecordSettings(ShownJob, TfrecordSettings):
    """What ``touchtrain.convertTfrecords`` can be told."""
