"""Makes the pictures of the documentation anew, from the sample: ``make pictures``.

Needs what the tests need: Chromium, and pdftoppm for the pages of the bundle.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, ViewportSize

from procurement.config import ROOT, Settings
from procurement.demo import people
from tests.support.applications import make_application, serving
from tests.support.browsers import launched, watched

FOLDER = ROOT / "docs" / "images"
WINDOW: ViewportSize = {"width": 1280, "height": 860}

# Name of a picture, and the page of the project officer that it shows.
PAGES: Mapping[str, str] = {
    "work": "/",
    "case": "/cases/2026-0002",
    "step": "/cases/2026-0002/selection",
}
FINISHED = "/cases/2026-0001/bundle"
# Pages of the bundle side by side: the cover and the first ones that have these words.
LEAVES = ("평가표와 점수",)
GAP, DOTS_PER_INCH = 16, 60


def _environment(folder: Path) -> dict[str, str]:
    """Settings of a sample that nobody else uses."""
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'sample.db'}",
        "EVIDENCE_DIR": str(folder / "evidence"),
        "SECTION_CACHE_DIR": str(folder / "sections"),
        "SIGNING_KEY_FILE": str(folder / "key.pem"),
    }


def _sign_in(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_label("아이디").fill(people.PROJECT.login)
    page.get_by_label("비밀번호").fill(people.PASSWORD)
    page.get_by_role("button", name="로그인").click()
    page.wait_for_url(f"{url}/")


def _text(bundle: Path, leaf: int) -> str:
    command = ["pdftotext", "-f", str(leaf), "-l", str(leaf), str(bundle), "-"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def _leaves(bundle: Path) -> list[int]:
    """Numbers of the pages that are shown."""
    texts: list[str] = []
    while len(texts) < 200:
        try:
            texts.append(_text(bundle, len(texts) + 1))
        except subprocess.CalledProcessError:
            break
    # Contents and overview stand before the steps and name everything.
    found = (next((n for n, text in enumerate(texts, 1) if n > 3 and words in text), 0) for words in LEAVES)
    return [1, *sorted(leaf for leaf in found if leaf)]


def _draw(bundle: Path, leaf: int) -> Image.Image:
    at = str(leaf)
    command = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-f", at, "-l", at, "-png", str(bundle)]
    return Image.open(BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))


def _bundle(context: BrowserContext, page: Page, folder: Path) -> Image.Image:
    """The leaves of the bundle of the finished case on one picture."""
    page.goto(page.url.rstrip("/") + FINISHED)
    link = page.locator("main tbody a").first.get_attribute("href")
    assert link
    file = folder / "bundle.pdf"
    file.write_bytes(context.request.get("/".join(page.url.split("/")[:3]) + link).body())
    drawn = [_draw(file, leaf) for leaf in _leaves(file)]
    width = sum(one.width for one in drawn) + GAP * (len(drawn) + 1)
    picture = Image.new("RGB", (width, drawn[0].height + 2 * GAP), "#cdd1d5")
    place = GAP
    for one in drawn:
        picture.paste(one, (place, GAP))
        place += one.width + GAP
    return picture


def main() -> int:
    """Write the pictures of ``docs/images``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = _environment(folder)
        subprocess.run([sys.executable, "-m", "procurement.serve", "--prepare"], env=given, check=True)
        app = make_application(Settings.from_environment(given))
        with serving(app) as server, launched() as browser, watched(browser, viewport=WINDOW) as context:
            page = context.new_page()
            _sign_in(page, server.url)
            home = page.url
            for picture, path in PAGES.items():
                page.goto(home.rstrip("/") + path)
                page.screenshot(path=FOLDER / f"{picture}.png")
            page.goto(home)
            _bundle(context, page, folder).save(FOLDER / "bundle.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
