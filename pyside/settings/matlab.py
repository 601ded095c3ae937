"""Settings that only MATLAB has: how a job is shown at the prompt."""

from __future__ import annotations

import dataclasses

from pyside.settings.checks import choice, optional, text, yes_or_no
from pyside.settings.cloud import CloudSettings
from pyside.settings.core import Settings, setting
from pyside.settings.training import TrainSettings


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


def shown(kind: type[Settings]) -> type[Settings]:
    """Return the settings of a command and those of `ShownJob`: what MATLAB can set of a command that starts a job."""
    return dataclasses.dataclass(frozen=True, repr=False, eq=False)(
        type(f"Matlab{kind.__name__}", (ShownJob, kind), {})
    )
