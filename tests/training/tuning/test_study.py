"""What a search tries next does not depend on which of the trials under way is faster."""

from __future__ import annotations

from typing import Any

from pyside.settings import TuneSettings
from pyside.training.tuning.space import parse
from pyside.training.tuning.study import propose, unfinished

SEARCH = {"learning_rate": "1e-4..1e-2", "dropout_rates": [[0.1] * 4, [0.2] * 4, [0.3] * 4]}


def tried(lag: int, figures: list[float], n: int = 12) -> list[dict[str, Any]]:
    """The values of trials of which so many run at a time."""
    settings = TuneSettings(trials=n, parallel_trials=lag)
    dimensions, rows = parse(SEARCH, settings), list[dict[str, Any]]()
    for number in range(1, n + 1):
        before = [row if row["number"] <= number - lag else unfinished(row) for row in rows]
        values = propose(dimensions, before, settings)
        rows.append({"number": number, "values": values, "figure": figures[number - 1]})
    return [row["values"] for row in rows]


def test_values_depend_on_results_up_to_those_that_may_be_under_way() -> None:
    figures = [1 / number for number in range(1, 13)]
    one = tried(3, figures)
    assert one == tried(3, figures) != tried(1, figures)
    later = [*figures[:7], *(9.0 for _ in range(5))]
    assert tried(3, later)[:10] == one[:10]  # the tenth is chosen by the first seven
    assert len({str(values) for values in one}) == 12
