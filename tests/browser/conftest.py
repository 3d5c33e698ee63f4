"""Debian's chromium without a screen, and what it says of a page: console, requests, measurements."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

REPORTS = Path(__file__).parents[2] / "reports"
VIEWS = {
    "explore.html": (
        "&region=wuhan&with=r:zhejiang",
        "&region=wuhan&view=people&with=s:low_mortality",
        "&region=wuhan&yardstick=need&quantity=caregivers",
    ),
    "atlas/index.html": ("", "&place=420100&other=330100&measure=need_beds&level=prefecture"),
}
"""Views of the pages that work with a reader's choices; each is looked at in both languages."""

WIDTHS = {"phone": 360, "tablet": 768, "desktop": 1280}
HEIGHT = 900
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--no-default-browser-check",
)


@dataclass(frozen=True)
class Tab:
    """A page that is open in the browser, and what happened while it was opened."""

    driver: webdriver.Chrome
    console: list[str]
    requests: list[str]

    def run(self, script, *arguments):
        """What a script returns in the page."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, script):
        """Until the script returns something true; TimeoutException after ten seconds."""
        WebDriverWait(self.driver, 10, poll_frequency=0.05).until(lambda driver: driver.execute_script(script))


@pytest.fixture(scope="session")
def driver():
    """One browser for all tests, which ends with them; its profile is a temporary folder that goes with it."""
    browser, control = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or control is None:
        pytest.skip("no chromium or no chromedriver on PATH (Debian: apt-get install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for option in OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(control))
    yield started
    started.quit()


@pytest.fixture
def open_page(driver):
    """Open a file of the reports (or any path) at a width, and hear what the browser says of it."""
    return lambda name, width="desktop", part="": visit(driver, REPORTS / name, width, part)


def visit(driver, path, width, part=""):
    """Open a file afresh; FileNotFoundError where it is not there."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: not made yet, run `make repro`")
    driver.get("about:blank")
    size = {"width": WIDTHS[width], "height": HEIGHT, "deviceScaleFactor": 1, "mobile": width == "phone"}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    for kind in ("browser", "performance"):
        driver.get_log(kind)
    driver.get(path.as_uri() + part)
    tab = Tab(driver, [], [])
    tab.wait("return document.readyState === 'complete'")
    if path.name == "explore.html" or path.parent.name == "atlas":
        tab.wait("return document.body.dataset.shown !== undefined")
    driver.execute_async_script("document.fonts.ready.then(() => requestAnimationFrame(() => arguments[0]()))")
    tab.console.extend(f"{entry['level']}: {entry['message']}" for entry in driver.get_log("browser"))
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
            sent = message["params"]
            tab.requests.append(sent["request"]["url"] if "request" in sent else sent["url"])
    return tab
