"""Settings of uploads to and training on Google Cloud."""

from __future__ import annotations

import dataclasses

from pyside.settings.checks import matching, number, optional, several, whole, yes_or_no
from pyside.settings.core import Settings, setting
from pyside.settings.training import TrainSettings

_REGION = matching(r"[a-z]+-[a-z]+[0-9]+", "a region of Google Cloud, such as 'us-central1'")
_BUCKET = matching(
    r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]", "the name of a bucket, such as 'my-lab' or 'gs://my-lab'", "gs://"
)
_FOLDER = matching(
    r"[A-Za-z0-9][A-Za-z0-9_. -]*(/[A-Za-z0-9][A-Za-z0-9_. -]*)*",
    "a folder in the bucket, such as 'models' or 'whisker/models': letters, digits, _, -, . and spaces",
)


@dataclasses.dataclass(frozen=True, repr=False, eq=False)  # without both, importing takes half the time
class BucketSettings(Settings):
    """Project, buckets and folders in Google Cloud."""

    project: str | None = setting(
        None,
        optional(
            matching(
                r"[a-z][a-z0-9.:-]{4,61}[a-z0-9]|\d+",
                "the id of a project, such as 'my-lab-123456', which is not its name",
            )
        ),
        "Id of the Google Cloud project. Required.",
        "ProjectID",
    )
    bucket: str | None = setting(None, optional(_BUCKET), "Bucket for jobs, code and models. Required.", "MainBucket")
    data_bucket: str | None = setting(None, optional(_BUCKET), "Bucket for datasets. Default: the bucket for jobs.")
    data_name: str | None = setting(
        None,
        optional(_FOLDER),
        "Folder of the dataset in the bucket. Default: datasets/FOLDER-DATASET, after its local folder and name.",
    )

    @property
    def of_data(self) -> str:
        """The bucket for datasets."""
        return str(self.data_bucket or self.bucket)


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class CloudSettings(BucketSettings):
    """Settings that training on Vertex AI of Google Cloud has in addition to `TrainSettings`."""

    region: str = setting("us-central1", _REGION, "Region to train in.")
    fallback_regions: tuple[str, ...] = setting(
        (), several(_REGION, None, "regions"), "Regions to try next, in this order, if one has no machine available."
    )
    log_dir: str = setting("jobs", _FOLDER, "Folder in the bucket for jobs: settings, progress, checkpoints.")
    models: str = setting("models", _FOLDER, "Folder in the bucket for models.")
    machine_type: str = setting(
        "n1-standard-8",
        matching(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", "a machine type, such as 'n1-standard-8'"),
        "Machine type.",
    )
    accelerator: str | None = setting(
        None,
        optional(matching(r"[A-Z][A-Z0-9_]+", "an accelerator, such as 'NVIDIA_TESLA_T4'")),
        "Accelerator, such as 'NVIDIA_TESLA_T4'. Default: none, train on the CPU.",
    )
    accelerator_count: int = setting(1, whole(1, 16), "Number of accelerators, if one is set.")
    spot: bool = setting(
        False, yes_or_no, "Whether to use a cheap spot machine; if it is reclaimed, training continues on the next."
    )
    container_image: str = setting(
        "python:3.12",
        matching(r"[a-z0-9][\w./:@-]*", "the name of a container image, such as 'python:3.12'"),
        "Container image with Python 3.11 to 3.13; TouchTrain is installed in it when the job starts.",
    )
    run_version: str | None = setting(
        None,
        optional(matching(r"\d+\.\d+(\.\d+)?", "a version of TensorFlow, such as '2.21'")),
        "Version of TensorFlow to train with, if the backend is TensorFlow. Default: the newest compatible one.",
    )
    service_account: str | None = setting(
        None,
        optional(matching(r"[\w.-]+@[\w.-]+", "the e-mail address of a service account")),
        "Service account that the job runs as. Default: Vertex AI's own.",
    )
    max_wait_hours: float = setting(
        2.0, number(0, above=True), "Hours to wait for a machine before the next region is tried, or an error raised."
    )
    max_run_hours: float = setting(24.0, number(0, 168, above=True), "Hours after which the service ends the job.")
    price_per_hour: float | None = setting(
        None,
        optional(number(0)),
        "Price of the machine with its accelerators per hour, for the estimate of a dry run.",
    )
    cloud_speed: float | None = setting(
        None,
        optional(number(0, above=True)),
        "Frames per second that the machine trains on, for the estimate of a dry run.",
    )
    upload: bool = setting(True, yes_or_no, "Whether to upload the dataset first, or use the one in the bucket.")
    fetch: bool = setting(True, yes_or_no, "Whether to download the model at the end, or leave it in the bucket.")
    dry_run: bool = setting(False, yes_or_no, "Whether only to show what would be uploaded and started.")

    @property
    def n_accelerators(self) -> int:
        """The number of accelerators of the machine."""
        return self.accelerator_count if self.accelerator else 0


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class CloudTrainSettings(CloudSettings, TrainSettings):
    """Settings of `train_on_cloud`."""
