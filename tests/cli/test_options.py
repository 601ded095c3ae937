"""Settings as options: a yes or no can be given in three ways, and eats no argument that follows it."""

from __future__ import annotations

import pytest

from pyside.cli.options import given_settings, with_values
from pyside.cli.parser import make_parser
from pyside.settings import TrainSettings


@pytest.mark.parametrize(
    ("given", "report"),
    [
        ([], None),
        (["--report"], True),
        (["--report", "true"], True),
        (["--report", "false"], False),
        (["--report=false"], False),
        (["--no-report"], False),
        (["--report", "--seed", "3"], True),
        (["--no-report", "--report"], True),
    ],
)
def test_a_yes_or_no_is_given_with_no_or_a_value(given: list[str], report: bool | None) -> None:
    for line in (["train", *given, "set", "model"], ["train", "set", "model", *given]):
        options = make_parser().parse_args(with_values(line))
        assert (options.dataset, options.model_path) == ("set", "model")
        assert given_settings(options, TrainSettings).get("report") is report


@pytest.mark.parametrize("given", ["--no-restore-best-weights", "--no-restore_best_weights"])
def test_both_spellings_of_an_option_have_their_no(given: str) -> None:
    options = make_parser().parse_args(["train", "set", "model", given])
    assert given_settings(options, TrainSettings) == {"restore_best_weights": False}
