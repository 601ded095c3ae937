"""The page in a browser: Chromium without a window, driven by keys."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.reviewing.blind.desk import BlindDesk
from pyside.reviewing.desk import Desk
from pyside.reviewing.page.server import ReviewServer
from tests.browser import chromium, needs_browser
from tests.conftest import until

pytestmark = needs_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as driver:
        yield driver


class Page:
    """The page of a review in a browser."""

    def __init__(self, browser: Any, server: ReviewServer, thread: threading.Thread):
        self.browser, self.server, self.thread = browser, server, thread
        browser.get(server.address)
        self.shows(0)

    def shows(self, place: int) -> None:
        until(lambda: self.browser.execute_script("return document.body.dataset.place") == str(place), 30)

    def press(self, *keys: str) -> None:
        from selenium.webdriver import ActionChains, Keys

        named = {"ArrowRight": Keys.ARROW_RIGHT, "ArrowLeft": Keys.ARROW_LEFT, "Enter": Keys.ENTER}
        for key in keys:
            ActionChains(self.browser).send_keys(named.get(key, key)).perform()
            until(lambda: not self.browser.execute_script("return busy"), 30)

    def text(self, name: str) -> str:
        return str(self.browser.execute_script("return document.getElementById(arguments[0]).textContent", name))


@pytest.fixture
def page(browser: Any, session: Path) -> Iterator[Page]:
    """The page of the session, as it is opened."""
    yield from opened(browser, Desk(session))


@pytest.fixture
def blind(browser: Any, session: Path) -> Iterator[Page]:
    """The page of a blind look at the session."""
    yield from opened(browser, BlindDesk(session, 100, 0))


@pytest.fixture
def dataset(browser: Any, tmp_path: Path) -> Iterator[Page]:
    """The page of a dataset with a touch of a single frame."""
    frames = np.random.default_rng(0).integers(0, 255, (60, 12, 12), dtype=np.uint8)
    labels = np.isin(np.arange(60), [*range(10, 20), 40]).astype(np.float64)
    pyside.convert_arrays(frames, labels, tmp_path / "set")
    yield from opened(browser, Desk(tmp_path / "set"))


@pytest.fixture
def classes(browser: Any, three: Path) -> Iterator[Page]:
    """The page of a session of a model with two classes of touches."""
    yield from opened(browser, Desk(three))


def opened(browser: Any, desk: Desk | BlindDesk) -> Iterator[Page]:
    server = ReviewServer(desk)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    one = Page(browser, server, thread)
    yield one
    errors = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    server.end()
    thread.join(10)
    assert not [text for text in errors if "409" not in text]  # which the page tells in words


def test_a_person_goes_through_a_session_with_keys(page: Page, session: Path) -> None:
    desk = page.server.desk
    assert "one" in page.text("title") and "41 to 45" in page.text("title")
    tiles = page.browser.execute_script(
        "return [...document.querySelectorAll('.tile.touch')].map((one) => one.dataset.frame)"
    )
    assert tiles == ["41", "42", "43", "44", "45"]
    page.press("n")
    page.shows(1)
    assert desk.about(0)["done"] and "1 of 4" in page.text("progress")
    assert "two" in page.text("title")
    page.press("m")
    assert desk.labels("two")[20:40].all()
    page.press("q", "q", "y")
    assert desk.labels("two")[18:40].all() and not desk.labels("two")[17]
    page.press("z", "z")
    assert not desk.labels("two")[18]
    assert (session / "corrections.jsonl").read_text(encoding="utf-8").count("\n") == 7


def test_another_window_that_is_behind_is_told_and_shows_the_labels_anew(page: Page) -> None:
    desk = page.server.desk
    desk.correct(0, "no", 0)
    page.press("y")
    assert "another window" in page.text("message") and desk.corrections == 1
    assert page.browser.execute_script("return now.touches.length") == 1


def test_a_name_with_markup_is_shown_as_it_is(page: Page) -> None:
    page.browser.execute_script("now = {...now, recording: '<img src=x onerror=document.title=1>'}; draw('', '');")
    assert "<img" in page.text("title") and page.browser.title != "1"


def test_a_key_that_is_held_down_answers_one_event_only(page: Page) -> None:
    for repeats in (False, True, True, True):
        key = {"type": "keyDown", "key": "n", "text": "n", "autoRepeat": repeats}
        page.browser.execute_cdp_cmd("Input.dispatchKeyEvent", key)
        until(lambda: not page.browser.execute_script("return busy"), 30)
    assert page.server.desk.corrections == 1 and page.server.desk.progress()["done"] == 1


def test_an_edge_moves_as_often_as_its_key_was_pressed(page: Page) -> None:
    page.browser.execute_script(
        "for (let n = 0; n < 5; n += 1) document.dispatchEvent(new KeyboardEvent('keydown', {key: 'q'}));"
    )
    until(lambda: not page.browser.execute_script("return busy || waiting.length"), 30)
    assert page.server.desk.labels("one")[35:45].all() and not page.server.desk.labels("one")[34]


def test_undo_leads_back_to_the_event(page: Page) -> None:
    page.press("n", "m", "z")
    assert page.text("message") == "" and page.server.desk.labels("two")[29:33].tolist() == [1, 0, 0, 1]
    page.press("z")
    page.shows(0)
    page.press("z")
    assert "nothing" in page.text("message")


def test_a_review_that_has_ended_is_told_and_keys_do_no_harm(page: Page) -> None:
    page.server.end()
    page.thread.join(10)
    page.press("y")
    assert "ended" in page.text("message")
    page.press("ArrowRight", "b", " ", "z")
    assert "ended" in page.text("message") and page.server.desk.corrections == 0
    page.browser.get_log("browser")  # of the requests that failed


def test_a_person_goes_through_a_blind_look_with_keys(blind: Page) -> None:
    desk = blind.server.desk
    shown = "return [...document.querySelectorAll('.tile.touch')].map((one) => Number(one.dataset.frame))"
    hidden = "return ['strip', 'trace', 'legend', 'list'].map((one) => $(one).getBoundingClientRect().height > 0)"
    first = desk.row(0)["first"]
    assert "1 of 6" in blind.text("title") and blind.browser.execute_script(shown) == []
    assert blind.browser.execute_script(hidden) == [True, False, False, False]
    assert "%" not in blind.text("reasons") and blind.text("progress") == "0 of 6 windows"
    blind.press("Enter")
    assert "f, t" in blind.text("message")
    blind.press("ArrowRight", "f", "Enter")
    assert "one edge" in blind.text("message") and blind.browser.execute_script(shown) == [first + 1]
    blind.press("ArrowRight", "ArrowRight", "t")
    assert blind.browser.execute_script(shown) == [first + 1, first + 2, first + 3]
    blind.press("n")
    assert "marked" in blind.text("message") and desk.corrections == 0
    blind.press(" ", "b", "Enter")
    blind.shows(1)
    assert desk.about(0)["touches"] == [[first + 1, first + 3, "Touch"]], "what was marked outlasts a look elsewhere"
    blind.press("n", "u", "z")
    blind.shows(2)
    assert desk.progress()["done"] == 2
    blind.press("n", "n", "n", "n")
    assert "All windows" in blind.text("over-title") and "%" not in blind.text("over-text")
    blind.browser.execute_script("document.getElementById('end').click()")
    until(lambda: "%" in blind.text("over-text"), 30)


def test_a_number_key_or_its_button_chooses_the_class_of_a_touch(classes: Page) -> None:
    desk, keys = classes.server.desk, "return [...document.querySelectorAll('#keys button')].map((b) => b.textContent)"
    assert classes.browser.execute_script(keys)[2:4] == ["1Whisker", "2Paw"] and "Whisker" in classes.text("title")
    classes.press("3")
    assert desk.corrections == 0
    classes.press("2")
    assert set(desk.labels("both")[10:20].tolist()) == {2} and desk.progress()["done"] == 1
    classes.press("z")
    classes.browser.execute_script("document.querySelectorAll('#keys button')[3].click()")
    until(lambda: not classes.browser.execute_script("return busy"), 30)
    assert desk.corrections == 3 and desk.labels("both")[10] == 2


def test_the_threshold_is_a_line_in_the_trace(page: Page) -> None:
    line = "return document.querySelectorAll('#trace line.threshold').length"
    assert page.browser.execute_script(line) == 1 and "threshold 0.5" in page.text("legend")


def test_a_dataset_is_reviewed_without_probabilities_and_whole_frames(dataset: Page) -> None:
    assert "41 to 41" in dataset.text("title") and "no whole frames" in dataset.text("remark")
    assert dataset.text("legend").startswith("labels with correctionslabels before")
    dataset.press("n")
    assert not dataset.server.desk.labels(dataset.server.desk.recordings()[0])[40]
