"""Settings of work on clusters."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from pyside.settings.checks import file_name, matching, number, optional, several, text, whole, yes_or_no
from pyside.settings.core import Settings, setting

_LARGEST_PORT = 65535


def scheduler(value: Any) -> str:
    """Check the address of a scheduler: ``tcp://host:8786`` or ``tls://host:8786``."""
    found = (
        re.fullmatch(r"(tcp|tls)://(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})", value.strip().rstrip("/"))
        if (isinstance(value, str))
        else None
    )
    if found is None or not 0 < int(found[2]) <= _LARGEST_PORT:
        raise ValueError("the address of a scheduler, such as 'tcp://host:8786' or 'tls://host:8786'")
    return found[0]


@dataclasses.dataclass(frozen=True)
class SchedulerSettings(Settings):
    """The setting of work that a cluster can do."""

    scheduler: str | None = setting(
        None,
        optional(scheduler),
        "Address of the scheduler of a dask cluster whose workers do the work, such as tcp://host:8786. Default: none, "
        "this computer does it.",
    )


@dataclasses.dataclass(frozen=True)
class TrainingsSettings(Settings):
    """The settings of trainings that a cluster can do."""

    scheduler: str | None = setting(
        None,
        optional(scheduler),
        "Address of the scheduler of a dask cluster whose workers do the trainings of a cross-validation and learning "
        "curve, or the trials of a search, such as tcp://host:8786. Default: none, this computer does them.",
    )
    cores_per_training: int | None = setting(
        None,
        optional(whole(1, 1024)),
        "Cores that each training on a worker gets. Default: as many as the smallest worker has threads.",
    )
    memory_per_training: float | None = setting(
        None,
        optional(number(0, 1e6, above=True)),
        "Gigabytes of memory that each training on a worker gets. Default: the part of the worker's "
        "memory that belongs to these cores.",
    )


@dataclasses.dataclass(frozen=True)
class SlurmSettings(Settings):
    """Settings of `touchtrain cluster slurm`."""

    partition: str | None = setting(
        None,
        optional(matching(r"[\w.,+-]+", "the name of a partition, as sinfo shows it")),
        "Partition of Slurm to submit to. Default: that of Slurm.",
    )
    account: str | None = setting(
        None, optional(matching(r"[\w.@+-]+", "the name of an account")), "Account to charge. Default: that of Slurm."
    )
    jobs: int = setting(1, whole(1, 10_000), "Number of jobs to submit.")
    cores: int = setting(1, whole(1, 1024), "Cores of a job, which its workers share.")
    cores_per_worker: int = setting(
        1,
        whole(1, 1024),
        "Cores of a worker: 1 for conversions and sessions, more for trainings, which get at most those of a worker.",
    )
    memory: str = setting(
        "4GB",
        matching(r"(?i)[1-9]\d*(\.\d+)? *[kmgt]i?b", "a size such as '16GB'"),
        "Memory of a job, such as 16GB, which its workers share.",
    )
    walltime: str = setting(
        "01:00:00",
        matching(r"(\d+-)?\d{1,3}:\d{2}(:\d{2})?", "a time such as '04:00:00', or '1-12:00:00' for a day and a half"),
        "Longest time of a job, as HH:MM:SS or D-HH:MM:SS.",
    )
    gpus: int = setting(0, whole(0, 64), "GPUs of a job.")
    directives: tuple[str, ...] = setting(
        (),
        several(matching(r"--?\w[\w-]*([= ].+)?", "an option of sbatch such as '--constraint=skylake'")),
        "Further options of sbatch, such as --constraint=skylake. Default: none.",
    )
    prologue: tuple[str, ...] = setting(
        (),
        several(text),
        "Commands of the job script before the worker starts, such as: module load ffmpeg. Default: none.",
    )
    logs: str | None = setting(None, optional(file_name), "Folder for the logs of the jobs. Default: the current one.")
    interface: str | None = setting(
        None,
        optional(matching(r"[\w.:-]+", "the name of a network interface, as ip link shows it")),
        "Network interface by which nodes reach each other, such as ib0. Default: that of the host's name.",
    )
    port: int = setting(0, whole(0, _LARGEST_PORT), "Port of the scheduler. Default: 0, a free one.")
    dry_run: bool = setting(False, yes_or_no, "Whether only to print the job script.")

    @property
    def workers(self) -> int:
        """Number of workers of a job."""
        return self.cores // self.cores_per_worker
