"""Photographs pages in Chromium, without a window."""

from __future__ import annotations

import base64
import shutil
import threading
import time
from pathlib import Path
from typing import Any

WIDTH = 940  # of the window, in pixels of the page
SCALE = 1200 / WIDTH


class Browser:
    """A Chromium that starts when it is first needed."""

    def __init__(self) -> None:
        self._driver: Any = None

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        if self._driver:
            self._driver.quit()

    @property
    def driver(self) -> Any:
        """The driver of Chromium."""
        if self._driver is None:
            from selenium import webdriver

            options = webdriver.ChromeOptions()
            options.binary_location = str(shutil.which("chromium"))
            for argument in (
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
            ):
                options.add_argument(argument)
            self._driver = webdriver.Chrome(options, webdriver.ChromeService(str(shutil.which("chromedriver"))))
        return self._driver

    def open(self, address: str, width: int = WIDTH, height: int = 760) -> None:
        """Open a page, in its light colours."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        light = {"features": [{"name": "prefers-color-scheme", "value": "light"}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", light)
        self.driver.get(address)

    def photograph(self, path: Path, selector: str = "body", scale: float = SCALE) -> None:
        """Write a picture of the first element that a CSS selector finds, however tall it is."""
        find = "const r = document.querySelector(arguments[0]).getBoundingClientRect(); return r.toJSON()"
        found = self.driver.execute_script(find, selector)
        clip = {**{key: found[key] for key in ("x", "y", "width", "height")}, "scale": scale}
        shot = {"format": "png", "clip": clip, "captureBeyondViewport": True}
        taken = self.driver.execute_cdp_cmd("Page.captureScreenshot", shot)
        path.write_bytes(base64.b64decode(taken["data"]))

    def section(self, page: Path, name: str, path: Path, width: int = WIDTH) -> None:
        """Write a picture of a section of a page in a file."""
        self.open(page.absolute().as_uri(), width)
        self.photograph(path, f"section#{name}", 1200 / width)

    def review(self, desk: Any, path: Path) -> None:
        """Write a picture of the page of a review, without the folder of this session."""
        from pyside.reviewing.page.server import ReviewServer

        server = ReviewServer(desk)
        thread = threading.Thread(target=server.serve, daemon=True)
        thread.start()
        self.open(server.address, 1200, 860)
        self._wait("return document.body.dataset.place !== undefined")
        self.driver.execute_script("document.getElementById('session').textContent = 'marked'")
        self._wait("return !busy && [...document.images].every((one) => one.complete)")
        time.sleep(0.5)  # until what was asked for last is drawn
        self.photograph(path, scale=1)
        server.end()
        thread.join(10)

    def _wait(self, condition: str) -> None:
        end = time.monotonic() + 30
        while not self.driver.execute_script(condition):
            if time.monotonic() > end:
                raise TimeoutError(f"The page did not come to: {condition}")
            time.sleep(0.05)
