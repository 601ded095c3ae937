"""Settings of uploads and of training on Google Cloud."""

from __future__ import annotations

import dataclasses

from pyside.settings.checks import named, number, optional, several, whole, yes_or_no
from pyside.settings.core import Settings, setting
from pyside.settings.training import TrainSettings

_REGION = named(r"[a-z]+-[a-z]+[0-9]+", "a region of Google Cloud, as 'us-central1'")
_BUCKET = named(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]", "the name of a bucket, as 'my-lab' or 'gs://my-lab'", "gs://")
_FOLDER = named(
    r"[A-Za-z0-9][A-Za-z0-9_. -]*(/[A-Za-z0-9][A-Za-z0-9_. -]*)*",
    "a folder in the bucket, as 'models' or 'whisker/models': letters, digits, _, -, . and blanks",
)


@dataclasses.dataclass(frozen=True, repr=False, eq=False)  # half the time of importing
class BucketSettings(Settings):
    """Where in Google Cloud things lie."""

    project: str | None = setting(
        None,
        optional(
            named(
                r"[a-z][a-z0-9.:-]{4,61}[a-z0-9]|\d+", "the id of a project, as 'my-lab-123456', which is not its name"
            )
        ),
        "Id of the project of Google Cloud. Needed.",
        "ProjectID",
    )
    bucket: str | None = setting(None, optional(_BUCKET), "Bucket for jobs, code and models. Needed.", "MainBucket")
    data_bucket: str | None = setting(None, optional(_BUCKET), "Bucket for datasets. Default: that of the jobs.")
    data_name: str | None = setting(
        None, optional(_FOLDER), "Folder of the dataset in the bucket. Default: datasets/FOLDER-DATASET, as it is here."
    )

    @property
    def of_data(self) -> str:
        """The bucket for datasets."""
        return str(self.data_bucket or self.bucket)


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class CloudSettings(BucketSettings):
    """What a training on Vertex AI of Google Cloud can be told besides what a training can."""

    region: str = setting("us-central1", _REGION, "Region to train in.")
    fallback_regions: tuple[str, ...] = setting(
        (), several(_REGION, None, "regions"), "Regions to try, in this order, where one has no machine left."
    )
    log_dir: str = setting("jobs", _FOLDER, "Folder in the bucket for jobs: settings, progress, checkpoints.")
    models: str = setting("models", _FOLDER, "Folder in the bucket for models.")
    machine_type: str = setting(
        "n1-standard-8", named(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", "a machine type, as 'n1-standard-8'"), "Machine."
    )
    accelerator: str | None = setting(
        None,
        optional(named(r"[A-Z][A-Z0-9_]+", "an accelerator, as 'NVIDIA_TESLA_T4'")),
        "Accelerator, as 'NVIDIA_TESLA_T4'. Default: none, the processors compute.",
    )
    accelerator_count: int = setting(1, whole(1, 16), "How many accelerators, where there are any.")
    spot: bool = setting(
        False, yes_or_no, "Whether to take a cheap machine that may be taken away; the training goes on on the next."
    )
    container_image: str = setting(
        "python:3.12",
        named(r"[a-z0-9][\w./:@-]*", "the name of a container image, as 'python:3.12'"),
        "Container image with Python 3.11 to 3.13; TouchTrain is installed into it when the job starts.",
    )
    run_version: str | None = setting(
        None,
        optional(named(r"\d+\.\d+(\.\d+)?", "a version of TensorFlow, as '2.21'")),
        "Version of TensorFlow to train with. Default: the newest that suits.",
    )
    service_account: str | None = setting(
        None,
        optional(named(r"[\w.-]+@[\w.-]+", "the e-mail address of a service account")),
        "Service account that the job runs as. Default: that of Vertex AI.",
    )
    max_wait_hours: float = setting(
        2.0, number(0, above=True), "Hours that a job may wait for a machine before the next region, or an error."
    )
    max_run_hours: float = setting(24.0, number(0, 168, above=True), "Hours after which the service ends the job.")
    price_per_hour: float | None = setting(
        None,
        optional(number(0)),
        "What the machine with its accelerators costs an hour, for the estimate of a dry run.",
    )
    cloud_speed: float | None = setting(
        None, optional(number(0, above=True)), "Frames a second that the machine trains, for the estimate of a dry run."
    )
    upload: bool = setting(True, yes_or_no, "Whether the dataset is sent first, or is the one that is in the bucket.")
    fetch: bool = setting(True, yes_or_no, "Whether the model is fetched at the end, or stays in the bucket.")
    dry_run: bool = setting(False, yes_or_no, "Whether only to tell what would be sent and started.")


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class CloudTrainSettings(CloudSettings, TrainSettings):
    """What `train_on_cloud` can be told."""
