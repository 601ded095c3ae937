"""Says what was written into a contact array, in lines for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def page(record: Mapping[str, Any]) -> list[str]:
    """Return the result of `write_contacts` as lines for a person.

    Args:
        record: what it returns.
    """
    rows = [f"Contact array {record['path']}"]
    if record["source"]:
        rows.append(f"  {'made from':<12} {record['source']}, which stays as it is")
        rows.append(f"  {'trials':<12} {record['n_trials']:,}, paired by {record['pairing']}")
        before = record["written"] - record["changed"]
        rows.append(f"  {'changed':<12} {record['changed']:,}" + (f"; {before:,} were so before" if before else ""))
        rows.append(f"  {'left alone':<12} {len(record['left']):,}")
    else:
        rows.append(f"  {'trials':<12} {record['n_trials']:,}, in a new contact array")
    rows.append(f"  {'contacts':<12} frames of the class {record['contact_class']}")
    return rows + [f"Warning: {text}" for text in record["warnings"]]
