"""What services in the cloud answer, as errors that say what to do.

Google's libraries raise a dozen kinds of exceptions for the same few causes, and one kind for several. Here is the one
place that reads them: HTTP status, the service's words, and the machine-readable reason where it gives one
(https://cloud.google.com/apis/design/errors, ``google.rpc.ErrorInfo``).
"""

from __future__ import annotations

import contextlib
import re
import socket
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from pyside.errors import (
    ApiDisabled,
    BucketNotFound,
    CloudError,
    ExtraMissing,
    NoCapacity,
    NoCredentials,
    NoNetwork,
    NoPermission,
    ProjectNotFound,
    QuotaExceeded,
    TouchTrainError,
)
from pyside.settings.core import named

_PASSING = (408, 429, 500, 502, 503, 504)  # status codes that may be gone the next time
_STATUS_OF_CODES = {3: 400, 5: 404, 7: 403, 8: 429, 9: 400, 13: 500, 14: 503, 16: 401}  # google.rpc.Code
_INSTALL = "python -m pip install 'touchtrain[cloud]'"
_LOG_IN = "gcloud auth application-default login"
_SERVICES = {"aiplatform": "Vertex AI", "storage": "Cloud Storage", "logging": "Cloud Logging"}
_ROLES = {
    "aiplatform": "Vertex AI User",
    "storage": "Storage Object Admin",
    "logging": "Logs Viewer",
    "iam": "Service Account User",  # iam.serviceAccounts.actAs, for the account that the job runs as
}


@contextlib.contextmanager
def translated(project: str | None = None, region: str | None = None, place: str | None = None) -> Iterator[None]:
    """Raise what a library of the cloud raises within as one of our errors; those pass.

    Args:
        project: the project that was asked in, for the message.
        region: the region that was asked in.
        place: the URL that was looked at.
    """
    try:
        yield
    except TouchTrainError:
        raise
    except Exception as error:
        found = _of_exception(error, project, region, place)
        if found is None:
            raise
        raise found from error


def from_answer(
    status: int,
    message: str,
    reason: str = "",
    project: str | None = None,
    region: str | None = None,
    place: str | None = None,
) -> TouchTrainError:
    """Return the error that an answer means.

    Args:
        status: the HTTP status.
        message: the service's words.
        reason: of ``ErrorInfo``, such as ``SERVICE_DISABLED``; empty where there is none.
        project: as in `translated`.
        region: as in `translated`.
        place: as in `translated`.
    """
    message = re.sub(r"^(GET|POST|PUT|PATCH|DELETE) \S+: ", "", message)  # which Google's library puts in front
    words = textwrap.shorten(" ".join(message.split()), 400, placeholder=" ...")
    for read in (_of_resources, _of_access, _of_bucket):
        if found := read(status, message, reason, {"project": project, "region": region, "place": place}):
            return found
    where = place or region or project or "Google Cloud"
    if status in _PASSING:
        return NoNetwork(f"{where} does not answer, also when tried again ({status}: {words}). Try again later.")
    return CloudError(f"{where} answered {status}: {words}")


def from_code(code: int, message: str, project: str | None = None, region: str | None = None) -> TouchTrainError:
    """Return the error that a job ended with: `code` is one of ``google.rpc.Code``."""
    found = from_answer(_STATUS_OF_CODES.get(code, 400), message, "", project, region)
    if isinstance(found, NoNetwork):  # the job has ended: what would pass as an answer is final here
        return CloudError(f"The job in the cloud ended with an error of the service: {' '.join(message.split())}")
    return found


# --- exceptions of libraries ---------------------------------------------------------------------------------------


def _of_exception(
    error: BaseException, project: str | None, region: str | None, place: str | None
) -> TouchTrainError | None:
    where = {"project": project, "region": region, "place": place}
    if isinstance(error, ImportError):
        package = (error.name or str(error)).partition(".")[0]
        return ExtraMissing(f"The package {package} is missing, which the cloud needs. Install it: {_INSTALL}")
    if _is(error, "google.auth.exceptions", "DefaultCredentialsError", "RefreshError"):
        return _no_credentials(where, str(error))
    if _is(error, "google.api_core.exceptions", "RetryError"):
        return _of_exception(error.cause, **where) or _no_network(error, place, region)  # type: ignore[attr-defined]
    if _is(error, "google.api_core.exceptions", "GoogleAPICallError"):
        return from_answer(int(error.code or 500), error.message, error.reason or "", **where)  # type: ignore[attr-defined]
    if _is(error, "gcsfs.retry", "HttpError"):
        code = int(error.code or 500)  # type: ignore[attr-defined]
        return from_answer(code, str(error.message), _reason(error), **where)  # type: ignore[attr-defined]
    if isinstance(error, OSError) and str(error).startswith("Forbidden: "):  # so gcsfs tells of 403
        return from_answer(403, str(error).partition("\n")[2] or "Forbidden", "", **where)
    if isinstance(error, ValueError) and str(error).startswith("Bad Request: "):  # and of 400
        return from_answer(400, str(error).partition("\n")[2], "", **where)
    if isinstance(error, FileNotFoundError) and place and "://" in place:
        return from_answer(404, f"The specified bucket or object does not exist: {error}", "", **where)
    if _is_of_network(error):
        return _no_network(error, place, region)
    return None


def _is(error: BaseException, module: str, *names: str) -> bool:
    """Tell whether an exception is one of a module that only it can have imported."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(error, tuple(getattr(loaded, name) for name in names))


def _is_of_network(error: BaseException) -> bool:
    return (
        isinstance(error, (ConnectionError, TimeoutError, socket.gaierror))
        or type(error).__name__ == "FSTimeoutError"
        or _is(error, "aiohttp", "ClientError")
        or _is(error, "requests.exceptions", "RequestException")
        or _is(error, "google.auth.exceptions", "TransportError")
    )


def _no_network(error: BaseException, place: str | None, region: str | None) -> NoNetwork:
    words = textwrap.shorten(" ".join(str(error).split()), 200, placeholder=" ...") or type(error).__name__
    where = place or (f"Google Cloud in {region}" if region else "Google Cloud")
    return NoNetwork(f"No connection to {where}, also when tried again ({words}). Is this machine on the network?")


def _lead(where: dict[str, str | None]) -> str:
    """Return how a message begins that tells why a project, or what lies in one, is not to be had."""
    if where["place"] and not where["project"]:
        return f"Cannot reach {where['place']}"
    return f"Cannot find project {where['project'] or ''}".rstrip()


def _no_credentials(where: dict[str, str | None], words: str) -> NoCredentials:
    why = textwrap.shorten(" ".join(words.split()), 200, placeholder=" ...")
    return NoCredentials(
        f"{_lead(where)}: this machine has no credentials for Google Cloud that hold ({why}). Log in once in a shell: "
        f"{_LOG_IN}"
    )


def _reason(error: Any) -> str:
    """Return the reason that an answer of Cloud Storage gives, where it does."""
    with contextlib.suppress(Exception):
        for one in error._error_response.get("details", []):
            if one.get("reason"):
                return str(one["reason"])
    return ""


# --- what an answer means ------------------------------------------------------------------------------------------


def _of_resources(status: int, message: str, reason: str, where: dict[str, str | None]) -> TouchTrainError | None:
    """Tell a quota, of which only more helps, from a region without machines, where another one helps."""
    lead = f"Insufficient resources in region {where['region'] or ''}".rstrip()
    if re.search(r"resources are insufficient|stockout|out of capacity|does not have enough resources", message, re.I):
        return NoCapacity(
            f"{lead}: no such machine is left there just now. Another region may have one: name some in "
            f"{named('fallback_regions')} and they are tried in turn. Or take another {named('machine_type')} or "
            f"{named('accelerator')}, or try later."
        )
    metrics = re.findall(r"[\w.-]*googleapis\.com/\w+", message)
    if status == 429 and (
        re.search(r"quota (metrics|limit)|exceeds? quota", message, re.I) or "/custom_model" in message
    ):
        quotas = ", ".join(dict.fromkeys(metrics)) or "a quota"
        return QuotaExceeded(
            f"{lead}: the project's quota {quotas} is used up, or 0. Another try does not help: ask for more of this "
            "quota in the console (IAM & Admin, Quotas), wait until other jobs have ended, or take a smaller "
            f"{named('machine_type')} or no {named('accelerator')}."
        )
    return None


def _of_access(status: int, message: str, reason: str, where: dict[str, str | None]) -> TouchTrainError | None:
    """Tell the causes apart for which a project is not to be had."""
    project, lead = where["project"], _lead(where)
    if status == 401:
        return _no_credentials(where, message)
    if status not in (400, 403, 404):
        return None
    if reason == "SERVICE_DISABLED" or re.search(
        r"has not been used in project|it is disabled|API .*not enabled", message
    ):
        api = re.search(r"([a-z]+)\.googleapis\.com", message)
        service = api[1] if api else ("storage" if where["place"] else "aiplatform")
        of_project = f" --project {project}" if project else ""
        return ApiDisabled(
            f"{lead}: the service {_SERVICES.get(service, service)} is not switched on in the project. Switch it on "
            f"once, and wait a few minutes: gcloud services enable {service}.googleapis.com{of_project}"
        )
    unknown = r"\bproject\b[^.]{0,80}(not found|deleted|does not exist|is invalid)|unknown project|invalid project"
    if reason in ("CONSUMER_INVALID", "RESOURCE_PROJECT_INVALID") or re.search(unknown, message, re.I):
        return ProjectNotFound(
            f"{lead}: there is none by that id, or not for this account. The id is meant, such as my-lab-123456, not "
            "the project's name; the start page of the console shows both, and gcloud projects list."
        )
    if status == 403 and reason != "BILLING_DISABLED":  # of that the service's own words tell what to do
        without_addresses = re.sub(r"\S*(@|//|googleapis\.com)\S*", "", message)
        permission = re.search(r"\b([a-z]+)\.[a-zA-Z]+\.[a-zA-Z]+\b", without_addresses)
        permission_name = f" {permission[0]}" if permission else ""
        role = _ROLES.get(permission[1] if permission else "", _ROLES["storage" if where["place"] else "aiplatform"])
        what = f"on {where['place']}" if where["place"] else "in it"
        head = (
            f"No permission{permission_name} {what}"
            if where["place"]
            else f"{lead}: this account lacks the permission{permission_name} {what}"
        )
        return NoPermission(f'{head}. Whoever owns the project can give the role "{role}" to it.')
    return None


def _of_bucket(status: int, message: str, reason: str, where: dict[str, str | None]) -> TouchTrainError | None:
    if status == 404 and where["place"]:
        bucket = "/".join(where["place"].split("/")[:3])
        return BucketNotFound(
            f"There is no bucket {bucket}, or nothing at {where['place']}. A new one is made by: "
            f"gcloud storage buckets create {bucket}"
        )
    return None
