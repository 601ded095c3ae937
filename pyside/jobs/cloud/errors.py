"""Translates errors of cloud services and their libraries into errors that say what to do.

Google's libraries raise a dozen kinds of exceptions for the same few causes, and one kind for several causes. This file
alone interprets them: HTTP status, message, and the machine-readable reason, if the service gives one
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
    to_install,
)
from pyside.settings.core import named

_PASSING = (408, 429, 500, 502, 503, 504)  # HTTP status codes that a retry may cure
_STATUS_OF_CODES = {3: 400, 5: 404, 7: 403, 8: 429, 9: 400, 13: 500, 14: 503, 16: 401}  # google.rpc.Code
_LOG_IN = "gcloud auth application-default login"
_SERVICES = {"aiplatform": "Vertex AI", "storage": "Cloud Storage", "logging": "Cloud Logging"}
_ROLES = {
    "aiplatform": "Vertex AI User",
    "storage": "Storage Object Admin",
    "logging": "Logs Viewer",
    "iam": "Service Account User",  # for iam.serviceAccounts.actAs on the account that the job runs as
}


@contextlib.contextmanager
def translated(project: str | None = None, region: str | None = None, place: str | None = None) -> Iterator[None]:
    """Translate exceptions of cloud libraries in this block into errors of TouchTrain; those pass unchanged.

    Args:
        project: the project of the request, for messages.
        region: the region of the request.
        place: the URL of the request.
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
    """Return the error for an answer of a service.

    Args:
        status: HTTP status.
        message: message of the service.
        reason: reason in ``ErrorInfo``, such as ``SERVICE_DISABLED``; empty if there is none.
        project: as in `translated`.
        region: as in `translated`.
        place: as in `translated`.
    """
    message = re.sub(r"^(GET|POST|PUT|PATCH|DELETE) \S+: ", "", message)  # Google's library prepends this
    words = textwrap.shorten(" ".join(message.split()), 400, placeholder=" ...")
    for read in (_of_resources, _of_access, _of_bucket):
        if found := read(status, message, reason, {"project": project, "region": region, "place": place}):
            return found
    where = place or region or project or "Google Cloud"
    if status in _PASSING:
        return NoNetwork(f"{where} does not answer, even after retries ({status}: {words}). Try again later.")
    return CloudError(f"{where} answered {status}: {words}")


def from_code(code: int, message: str, project: str | None = None, region: str | None = None) -> TouchTrainError:
    """Return the error that a job ended with; `code` is a ``google.rpc.Code``."""
    found = from_answer(_STATUS_OF_CODES.get(code, 400), message, "", project, region)
    if isinstance(found, NoNetwork):  # the job has ended, so a status that a retry may cure is final here
        return CloudError(f"The job in the cloud ended with an error of the service: {' '.join(message.split())}")
    return found


# --- exceptions of libraries ---------------------------------------------------------------------------------------


def _of_exception(
    error: BaseException, project: str | None, region: str | None, place: str | None
) -> TouchTrainError | None:
    where = {"project": project, "region": region, "place": place}
    if isinstance(error, ImportError):
        package = (error.name or str(error)).partition(".")[0]
        return ExtraMissing(
            f"The cloud needs the package {package}, which is not installed. Install it: {to_install('cloud')}"
        )
    if _is(error, "google.auth.exceptions", "DefaultCredentialsError", "RefreshError"):
        return _no_credentials(where, str(error))
    if _is(error, "google.api_core.exceptions", "RetryError"):
        return _of_exception(error.cause, **where) or _no_network(error, place, region)  # type: ignore[attr-defined]
    if _is(error, "google.api_core.exceptions", "GoogleAPICallError"):
        return from_answer(int(error.code or 500), error.message, error.reason or "", **where)  # type: ignore[attr-defined]
    if _is(error, "gcsfs.retry", "HttpError"):
        code = int(error.code or 500)  # type: ignore[attr-defined]
        return from_answer(code, str(error.message), _reason(error), **where)  # type: ignore[attr-defined]
    if isinstance(error, OSError) and str(error).startswith("Forbidden: "):  # gcsfs raises this for 403
        return from_answer(403, str(error).partition("\n")[2] or "Forbidden", "", **where)
    if isinstance(error, ValueError) and str(error).startswith("Bad Request: "):  # and this for 400
        return from_answer(400, str(error).partition("\n")[2], "", **where)
    if isinstance(error, FileNotFoundError) and place and "://" in place:
        return from_answer(404, f"The specified bucket or object does not exist: {error}", "", **where)
    if _is_of_network(error):
        return _no_network(error, place, region)
    return None


def _is(error: BaseException, module: str, *names: str) -> bool:
    """Return whether an exception is of these classes of a module; a module that is not imported raised none."""
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
    return NoNetwork(f"No connection to {where}, even after retries ({words}). Check the network of this computer.")


def _lead(where: dict[str, str | None]) -> str:
    """Return the start of a message about a project, or a place in it, that cannot be reached."""
    if where["place"] and not where["project"]:
        return f"Cannot reach {where['place']}"
    return f"Cannot find project {where['project'] or ''}".rstrip()


def _no_credentials(where: dict[str, str | None], words: str) -> NoCredentials:
    why = textwrap.shorten(" ".join(words.split()), 200, placeholder=" ...")
    return NoCredentials(
        f"{_lead(where)}: this computer has no valid credentials for Google Cloud ({why}). Log in once in a shell: "
        f"{_LOG_IN}"
    )


def _reason(error: Any) -> str:
    """Return the reason in an answer of Cloud Storage; empty if it gives none."""
    with contextlib.suppress(Exception):
        for one in error._error_response.get("details", []):
            if one.get("reason"):
                return str(one["reason"])
    return ""


# --- answers of services -------------------------------------------------------------------------------------------


def _of_resources(status: int, message: str, reason: str, where: dict[str, str | None]) -> TouchTrainError | None:
    """Distinguish a full region, where another region helps, from a used quota, where only a larger quota helps."""
    lead = f"Insufficient resources in region {where['region'] or ''}".rstrip()
    if re.search(r"resources are insufficient|stockout|out of capacity|does not have enough resources", message, re.I):
        return NoCapacity(
            f"{lead}: no such machine is free there at the moment. Another region may have one: list regions in "
            f"{named('fallback_regions')}, and they are tried in turn. Or choose another {named('machine_type')} or "
            f"{named('accelerator')}, or try later."
        )
    metrics = re.findall(r"[\w.-]*googleapis\.com/\w+", message)
    if status == 429 and (
        re.search(r"quota (metrics|limit)|exceeds? quota", message, re.I) or "/custom_model" in message
    ):
        quotas = ", ".join(dict.fromkeys(metrics)) or "a quota"
        return QuotaExceeded(
            f"{lead}: the project's quota {quotas} is used up, or 0. A retry does not help: request more quota in the "
            "console (IAM & Admin, Quotas), wait until other jobs have ended, or choose a smaller "
            f"{named('machine_type')} or no {named('accelerator')}."
        )
    return None


def _of_access(status: int, message: str, reason: str, where: dict[str, str | None]) -> TouchTrainError | None:
    """Distinguish the reasons why a project cannot be used."""
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
            f"{lead}: the service {_SERVICES.get(service, service)} is not enabled in the project. Enable it once, "
            f"then wait a few minutes: gcloud services enable {service}.googleapis.com{of_project}"
        )
    unknown = r"\bproject\b[^.]{0,80}(not found|deleted|does not exist|is invalid)|unknown project|invalid project"
    if reason in ("CONSUMER_INVALID", "RESOURCE_PROJECT_INVALID") or re.search(unknown, message, re.I):
        return ProjectNotFound(
            f"{lead}: there is no project with this id, or this account has no access to it. Give the project's id, "
            "such as my-lab-123456, not its name; the start page of the console and gcloud projects list show both."
        )
    if status == 403 and reason != "BILLING_DISABLED":  # for billing, the service's own message says what to do
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
        return NoPermission(f'{head}. Ask the owner of the project for the role "{role}".')
    return None


def _of_bucket(status: int, message: str, reason: str, where: dict[str, str | None]) -> TouchTrainError | None:
    if status == 404 and where["place"]:
        bucket = "/".join(where["place"].split("/")[:3])
        return BucketNotFound(
            f"There is no bucket {bucket}, or nothing at {where['place']}. To create the bucket: "
            f"gcloud storage buckets create {bucket}"
        )
    return None
