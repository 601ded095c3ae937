"""Says of a contact array which of its trials a program wrote, by which rules, and which are left to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyside.data.labels import field_names
from pyside.data.labels.contacts.contact_rules import (
    common_rules,
    edits,
    is_of_machine,
    is_unjudged,
    rules_of,
    unlike_the_rest,
)


def of_a_program(value: Any, all_of_one: bool = False) -> list[bool]:
    """Return of each trial of a contact array, as `read_contact_array` lists them, whether a program wrote it.

    Args:
        value: as for `contact_summary`.
        all_of_one: whether a program is known to have written all trials of which no edit is noted.
    """
    items = value if isinstance(value, list) else [value]
    trials = [item for item in items if isinstance(item, Mapping) and not field_names.is_empty(item)]
    if all_of_one:
        return [not edits(item) for item in trials]
    unlike = unlike_the_rest(trials)
    return [place not in unlike and is_of_machine(item) for place, item in enumerate(trials)]


def remarks(value: Any, where: str) -> list[str]:
    """Return what a person should know before labels are taken from a contact array that a program may have written.

    Args:
        value: as for `contact_summary`.
        where: its name in messages.
    """
    found = of_a_program(value)
    if not any(found):
        return []
    return [
        f"{where}: a program may have written {sum(found):,} of {len(found):,} trials. Their contactInds follow from "
        "touchConfidence by a threshold, and no edit is noted. A model that learns from them learns the errors of that "
        "program, unless a person has looked at them."
    ]


def contact_summary(value: Any) -> dict[str, Any]:
    """Return which trials of a contact array were written by a program, in plain values.

    Args:
        value: a list of structs, perhaps with other values among them, or one struct, as for `read_contact_array`.

    Returns:
        ``trials``, ``templates`` and ``not_structs`` (such as empty cells): their numbers; ``rules``: each ``rule`` and
        the number of ``trials`` that it fits, of those that were judged, without an edit, from the most;
        ``of_a_program`` and ``not_judged``: the numbers of trials that a program wrote, or nobody has judged (skipped
        ones, too), which curation may write; ``left_to_people``: of all other trials the ``reason``, the number of
        ``trials`` and their ``cells``, counted from 1.
    """
    items = list(enumerate(value if isinstance(value, list) else [value], start=1))
    structs = {cell: item for cell, item in items if isinstance(item, Mapping)}
    trials = {cell: item for cell, item in structs.items() if not field_names.is_empty(item)}
    reasons: dict[str, list[int]] = {}
    rules = {}
    unlike = {[*trials][place] for place in unlike_the_rest([*trials.values()])}
    n_of_a_program = n_not_judged = 0
    for cell, item in trials.items():
        noted = edits(item)
        if noted:
            reason = f"{' and '.join(noted)} filled"
        elif is_unjudged(item):
            n_not_judged += 1
            continue
        else:
            rules[cell] = rules_of(item)
            reason = "" if is_of_machine(item) else "only with filled gaps" if rules[cell] else "no rule fits"
            reason = "not by the rule of the other trials" if cell in unlike else reason
        if reason:
            reasons.setdefault(reason, []).append(cell)
        else:
            n_of_a_program += 1
    return {
        "trials": len(trials),
        "templates": len(structs) - len(trials),
        "not_structs": len(items) - len(structs),
        "rules": [{"rule": str(fit.rule), "trials": len(fit.trials)} for fit in common_rules(rules.values())],
        "of_a_program": n_of_a_program,
        "not_judged": n_not_judged,
        "left_to_people": [
            {"reason": reason, "trials": len(cells), "cells": cells} for reason, cells in reasons.items()
        ],
    }
