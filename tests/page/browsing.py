"""The page in a real browser: opened at a view, with all that it complains of or asks for written down."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A4 at 96 dots per inch, without the margins that Chromium gives it.
A4_WIDTH = 718
READY = "main[aria-busy=false]"
# A step within the page changes the address at once; the page hears of it only later, and until then looks ready.
HEARD = """
let heard = location.href;
addEventListener("hashchange", () => { heard = location.href; });
const replaceState = history.replaceState.bind(history);
history.replaceState = (...entry) => { replaceState(...entry); heard = location.href; };
window.untilHeard = async () => { while (heard !== location.href) await new Promise((done) => setTimeout(done, 5)); };
"""


def find_browser() -> str | None:
    """The path of a Chromium, if this machine has one."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def running_browser(path: str) -> Iterator[Browser]:
    """A headless browser that ends with the block."""
    with sync_playwright() as playwright:
        # As root, in a container, Chromium has no sandbox of its own.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visit:
    """A visit of a page: ``complaints`` are what its console says, ``requests`` what it asks of others."""

    def __init__(self, browser: Browser, path: Path, width: int = 1400, **context: object) -> None:
        self.path = path
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **context)
        self.context.add_init_script(HEARD)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._complain)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._ask)

    def open(self, address: str) -> Page:
        """Open a view by its deep link and wait until it stands."""
        # A new document, not a step within the old one.
        self.page.goto("about:blank")
        self.page.goto(self.path.as_uri() + address)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the view that the address names stands."""
        self.page.evaluate("untilHeard()")
        self.page.locator(READY).wait_for(state="attached")

    def clean(self) -> None:
        """Nothing was complained of, and nothing asked of anybody."""
        assert self.complaints == []
        assert self.requests == []

    def _complain(self, message: object) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _ask(self, request: object) -> None:
        if request.url.split("#")[0] not in (self.path.as_uri(), "about:blank") and not request.url.startswith("blob:"):
            self.requests.append(request.url)
