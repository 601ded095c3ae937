"""What services answer becomes errors that say what to do: real client libraries against a stand-in that answers so."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyside.errors import (
    ApiDisabled,
    BadOption,
    BucketNotFound,
    CloudError,
    ExtraMissing,
    NoCapacity,
    NoCredentials,
    NoNetwork,
    NoPermission,
    QuotaExceeded,
    TouchTrainError,
    to_install,
)
from pyside.jobs.cloud.errors import from_answer, from_code, translated
from tests.conftest import raises_with
from tests.jobs.cloud.stand_ins import VertexStandIn

PLACE = "gs://my-lab/data"
MAY_NOT = "anna@my-lab-123456.iam.gserviceaccount.com does not have storage.objects.create access to the object."


def is_passing(error: BaseException) -> bool:
    """Tell whether an error is told as one of the network, which may be gone the next time."""
    try:
        with translated():
            raise error
    except NoNetwork:
        return True
    except Exception:
        return False


@pytest.fixture
def stand_in() -> Iterator[VertexStandIn]:
    with VertexStandIn() as one:
        yield one


@pytest.fixture
def closed() -> Iterator[str]:
    """The URL of a port that is taken, but where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


# --- of the libraries ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "message", "kind", "words"),
    [
        (403, MAY_NOT, NoPermission, "No permission storage.objects.create on gs://my-lab/data"),
        (404, "The specified bucket does not exist.", BucketNotFound, "gcloud storage buckets create gs://my-lab"),
        (401, "Anonymous caller may not do that.", NoCredentials, "gcloud auth application-default login"),
        (400, "The name is invalid.", CloudError, "gs://my-lab/data answered 400: The name is invalid."),
    ],
)
def test_what_cloud_storage_answers_is_read_from_gcsfs(
    stand_in: VertexStandIn, status: int, message: str, kind: type[TouchTrainError], words: str
) -> None:
    import gcsfs

    bucket = gcsfs.GCSFileSystem(token="anon", endpoint_url=stand_in.url, skip_instance_cache=True)
    stand_in.answer_next(status, message, times=20)
    with pytest.raises(TouchTrainError) as raised, translated(place=PLACE):
        bucket.pipe_file("my-lab/data", b"frames")
    assert type(raised.value) is kind and words in raised.value.text
    assert raised.value.__cause__ is not None


def test_credentials_that_cannot_be_read_or_renewed_are_none(
    stand_in: VertexStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import google.auth
    from google.auth.transport.requests import Request
    from google.oauth2.credentials import Credentials

    (tmp_path / "key.json").write_text(json.dumps({"type": "nonsense"}))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    with raises_with(NoCredentials, "lab", "gcloud auth application-default login"), translated("lab"):
        google.auth.default()
    old = Credentials(None, refresh_token="secret-1", token_uri=stand_in.url, client_id="c", client_secret="secret-2")
    stand_in.answer_next(400, "invalid_grant", times=10)
    with pytest.raises(NoCredentials) as raised, translated(place=PLACE):
        old.refresh(Request())
    assert PLACE in raised.value.text and "secret" not in raised.value.text


def test_a_port_where_nobody_listens_is_no_network_by_every_library(closed: str) -> None:
    import aiohttp
    import requests
    from google.auth.transport.requests import Request

    async def ask() -> None:
        async with aiohttp.ClientSession() as session, session.get(closed):
            pass

    for fails in (lambda: requests.get(closed, timeout=5), lambda: asyncio.run(ask()), lambda: Request()(closed)):
        with raises_with(NoNetwork, PLACE) as raised, translated(place=PLACE):
            fails()
        assert is_passing(raised.value) and is_passing(raised.value.__cause__)  # type: ignore[arg-type]


def test_a_missing_package_names_the_extra() -> None:
    with raises_with(ExtraMissing, "no_such_package", to_install("cloud")), translated():
        import no_such_package  # type: ignore[import-not-found]  # noqa: F401


def test_our_errors_and_faults_of_our_own_pass_as_they_are() -> None:
    for error in (BadOption("Say a bucket."), KeyError("bucket"), ValueError("no number"), PermissionError("here")):
        with pytest.raises(type(error)) as raised, translated("lab", place=PLACE):
            raise error
        assert raised.value is error


# --- of answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "permission", "role"),
    [
        (MAY_NOT, "storage.objects.create", "Storage Object Admin"),
        (
            "Permission 'aiplatform.customJobs.create' denied on resource '//aiplatform.googleapis.com/projects/lab'.",
            *("aiplatform.customJobs.create", "Vertex AI User"),
        ),
        ("Permission logging.logEntries.list denied.", "logging.logEntries.list", "Logs Viewer"),
        (
            "You do not have permission to act as service_account: a@lab.iam.gserviceaccount.com. "
            "(or it may not exist). Needed: iam.serviceAccounts.actAs",
            *("iam.serviceAccounts.actAs", "Service Account User"),
        ),
    ],
)
def test_a_permission_is_named_and_not_an_address(message: str, permission: str, role: str) -> None:
    found = from_answer(403, message, project="lab")
    assert type(found) is NoPermission
    assert permission in found.text and f'"{role}"' in found.text


def test_missing_billing_is_told_in_the_service_s_words() -> None:
    words = "This API method requires billing to be enabled. Visit https://console.developers.google.com/billing?p=1"
    found = from_answer(403, words, "BILLING_DISABLED", "lab")
    assert type(found) is CloudError and words in found.text


def test_a_service_of_storage_that_is_off_is_named() -> None:
    found = from_answer(403, "Cloud Storage API has not been used in project 7 before.", place=PLACE)
    assert type(found) is ApiDisabled and "gcloud services enable storage.googleapis.com" in found.text


@pytest.mark.parametrize(
    ("status", "message", "passes"),
    [
        *((status, "Later.", True) for status in (408, 429, 500, 502, 503, 504)),
        *((status, "No.", False) for status in (400, 401, 403, 404, 409)),
        (429, "Quota limit of aiplatform.googleapis.com/custom_model_training_cpus is exceeded.", False),
        (429, "Resources are insufficient in region: us-central1.", False),
    ],
)
def test_only_what_may_be_gone_the_next_time_passes(status: int, message: str, passes: bool) -> None:
    assert is_passing(from_answer(status, message, project="lab")) is passes


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (8, "Resources are insufficient in region: us-central1.", NoCapacity),
        (8, "The following quota metrics exceed quota limits: aiplatform.googleapis.com/cpus", QuotaExceeded),
        (8, "The replica workerpool0-0 ran out-of-memory and exited with a non-zero status of 137.", CloudError),
        (14, "The service is unavailable.", CloudError),
    ],
)
def test_how_a_job_ended_is_never_taken_for_the_network(code: int, message: str, kind: type[TouchTrainError]) -> None:
    found = from_code(code, message, "lab", "us-central1")
    assert type(found) is kind and not is_passing(found)


def test_long_words_of_a_service_are_shortened() -> None:
    assert len(from_answer(400, "word " * 1000, project="lab").text) < 500
