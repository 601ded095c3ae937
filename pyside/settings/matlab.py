"""Settings that only MATLAB has: where a job is, and what is shown of it."""

from __future__ import annotations

import dataclasses
from typing import Any

from pyside.settings.checks import choice, optional, text, yes_or_no
from pyside.settings.cloud import CloudSettings
from pyside.settings.core import Settings, SettingsType, setting
from pyside.settings.curation import CurateSettings
from pyside.settings.training import TrainSettings


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class Shown(Settings):
    """The setting that every MATLAB command that takes time has in addition to its own."""

    verbose: bool = setting(True, yes_or_no, "Whether to show progress.")


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class ShownJob(Shown):
    """Settings that every MATLAB command that starts a job has in addition to its own."""

    job_folder: str | None = setting(
        None,
        optional(text),
        "Folder of the job: settings, progress, log, result. Default: one beside its output.",
        kind="folder",
    )


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabTrainSettings(ShownJob, TrainSettings):
    """Settings of ``touchtrain.train``."""

    plots: str = setting("none", choice("none", "training-progress"), "Whether to draw the curves during training.")


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabCloudTrainSettings(MatlabTrainSettings, CloudSettings):
    """Settings of ``touchtrain.trainOnCloud``."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabCurateSettings(ShownJob, CurateSettings):
    """Settings of ``touchtrain.curate``, where the folder for the results is an option, too."""

    output: str | None = setting(
        None,
        optional(text),
        "Folder for the results. Default: beside the folder of the videos, with _curated after its name.",
        kind="folder",
    )


def shown(kind: type[SettingsType], job: bool = True) -> type[SettingsType]:
    """Return the settings of a command together with those of `ShownJob`; of `Shown`, if it is not seen as a job."""
    bases = (ShownJob if job else Shown, kind)
    made: Any = type(f"Matlab{kind.__name__}", bases, {})
    found: type[SettingsType] = dataclasses.dataclass(frozen=True, repr=False, eq=False)(made)
    return found
