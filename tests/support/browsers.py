"""A real browser for the tests: Debian's Chromium, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    expect,
    sync_playwright,
)

# Chromium calls home at every start unless told not to.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def launched() -> Iterator[Browser]:
    """A running browser without a window."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: run `make test`, which installs it, or `apt install chromium`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


class Watch:
    """What no page of this project may do: call another host, or raise an error in its scripts."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        context.on("request", self._request)
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("pageerror", self._error)
        page.on("console", self._console)

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1":
            self.faults.append(f"a request to another host: {request.url}")

    def _error(self, error: Error) -> None:
        self.faults.append(f"an error in a script: {error}")

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium also notes 4xx answers here, which are what many tests are about.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"an error in the console: {message.text}")


@contextmanager
def watched(browser: Browser, **options: object) -> Iterator[BrowserContext]:
    """A browser context of a Korean reader; fails when a page did what no page may do."""
    context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul", **options)  # type: ignore[arg-type]
    # A busy machine is slow, not wrong: nothing of a test depends on how long an answer takes.
    context.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    watch = Watch(context)
    yield context
    context.close()
    assert not watch.faults, watch.faults
