"""A real browser for tests of pages: Chromium without a screen, and what a page asked for."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver"
)
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # WebGL 2 without a graphics card.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)


@contextmanager
def browser(profile: Path, *, width: int = 1280, height: int = 900) -> Iterator:
    """Start Chromium with an empty profile; the caller gets selenium's driver."""
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*_FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


def asked_for(driver) -> list[str]:
    """Return the addresses that the page asked for so far, but those inside of it."""
    found = []
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            found.append(message["params"]["request"]["url"])
    # Inside the page, or the browser's own start page before it.
    own = ("data:", "blob:", "about:", "chrome:", "chrome-untrusted:")
    return [url for url in found if not url.startswith(own)]


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something is so; fail after some time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the page did not get there in time"
        time.sleep(0.1)


AXE = Path(__file__).parent / "axe" / "axe.min.js"
"""axe-core 4.14.1 by Deque Systems, MPL 2.0: finds what keeps a page from being accessible."""


def barriers(driver) -> list[str]:
    """Return what axe-core finds serious or critical on the page that is open, with an example."""
    driver.execute_script(AXE.read_text(encoding="utf-8"))
    found = driver.execute_async_script(
        """const done = arguments[0];
        axe.run(document, { preload: false }).then((result) => done(result.violations.map(
          (one) => [one.impact, `${one.id}: ${one.nodes[0].html.slice(0, 200)}`])));"""
    )
    return [text for impact, text in found if impact in ("serious", "critical")]
