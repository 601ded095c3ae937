"""Printing for the command line: texts for a person, and JSON."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from typing import Any

from pyside.errors import visible
from pyside.system.records import to_json

MOST_LINES = 1_000_000


class OutputLost(Exception):
    """The output cannot be written: the disk is full, or its reader has gone."""

    def __init__(self, reason: OSError):
        super().__init__(str(reason))
        self.reason = reason


@contextlib.contextmanager
def printing() -> Any:
    """Raise `OutputLost` if the output cannot be written."""
    try:
        yield
    except OSError as error:
        raise OutputLost(error) from error


def show(text: str) -> None:
    """Print for a person, without control characters: names from files may hold commands for the terminal."""
    with printing():
        print(visible(text))


def print_json(record: Any) -> None:
    """Print a record as JSON, with control characters escaped."""
    with printing():
        print(re.sub("[\x7f-\x9f\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", to_json(record)))


def _shortened(report: dict[str, Any]) -> dict[str, Any]:
    """Return the report on a dataset without empty and long parts and those already printed; its labels as a text."""
    from pyside.data.conversion.preflight import label_text, left_out_texts

    dropped = "kind", "pairs", "recordings", "hash", "label_table", "corrections"
    found = {key: value for key, value in report.items() if key not in dropped and value}
    if report.get("label_table"):
        found["label_mapping"] = label_text(report["label_table"])
    if isinstance(why := found.get("left_out_why"), dict):
        found["left_out_why"] = left_out_texts(why)
    names = {"label_mapping": "labels"} if report.get("label_table") else {}
    return {names.get(key, key): value for key, value in found.items()}


def print_result(record: dict[str, Any], as_json: bool) -> None:
    """Print the result of a job."""
    from pyside.curation.contacts import report
    from pyside.curation.marking.summary import summary
    from pyside.curation.regions import check
    from pyside.data.conversion import preflight
    from pyside.evaluation.result import TrainingResult
    from pyside.reviewing.results import corrected
    from pyside.training.tuning.result import TuningResult

    pages: dict[str, Callable[[dict[str, Any]], Sequence[str]]] = {
        "preflight": preflight.page,
        "comparison": lambda found: found["summary"],
        "proof": lambda found: found["summary"],
        "check": check.page,
        "session": summary,
        "contacts": report.page,
        "corrected": corrected.page,
    }
    if as_json:
        print_json(record)
    elif "trials" in record:
        show(TuningResult.from_record(record).summary())
    elif "history" in record:
        show(TrainingResult.from_record(record).summary())
    elif record.get("kind") == "review" and "blind" in record:
        show("\n".join([*record["warnings"], *record["blind"]["summary"]]))
    elif page := pages.get(record.get("kind", "")):
        show("\n".join(page(record)))
    else:
        from pyside.diagnostics import inspection

        kept = record if record.get("kind") == "description" else _shortened(record)
        show(inspection.screen(kept, "--json, or touchtrain inspect"))


def show_record(record: dict[str, Any], as_json: bool) -> None:
    """Print a record, as JSON or for a person."""
    print_json(record) if as_json else show(readable(record))


def readable(record: dict[str, Any], indent: str = "") -> str:
    """Return a record as lines of text."""
    rows = []
    for name, value in record.items():
        title = f"{indent}{name.replace('_', ' ')}: "
        if isinstance(value, dict):
            rows += [title.rstrip(), readable(value, indent + "  ")] if value else [title + "-"]
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            rows.append(title.rstrip())
            known = [{key: item for key, item in one.items() if item not in (None, "", {}, [])} for one in value]
            rows += [f"{indent}  " + ", ".join(f"{key} {item}" for key, item in one.items()) for one in known]
        else:
            rows.append(title + ((", ".join(map(str, value)) or "-") if isinstance(value, list) else str(value)))
    return "\n".join(rows)
