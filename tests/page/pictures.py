"""`make pictures`: the README's pictures of the page, taken in Chromium from the demo when its story has its block."""

import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect, sync_playwright

from tests.harness.waiting import wait_until

ROOT: Final = Path(__file__).parents[2]
IMAGES: Final = ROOT / "docs" / "images"
_SIZE: Final = {"width": 1360, "height": 960}
_WAIT_S: Final = 120.0
_LINK: Final = re.compile(r"(http://127\.0\.0\.1:\d+/)#login=\S+")


def take(folder: Path) -> None:
    """Write desk.png and client.png into the folder. Raises TimeoutError when the demo does not come so far."""
    said = Path(tempfile.mkstemp(prefix="stoplist-pictures-")[1])
    command = [sys.executable, "-m", "streams.cli", "demo", "--plain", "--no-browser"]
    with said.open("w") as out:
        demo = subprocess.Popen(command, cwd=ROOT, stdout=out)
    try:
        wait_until(lambda: "BLOCKED   romashka" in said.read_text(), "the story's client is blocked", _WAIT_S)
        link = _LINK.search(said.read_text())
        assert link is not None
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_context(viewport=_SIZE, locale="en-US").new_page()  # type: ignore[arg-type]
            page.goto(link[0])
            page.wait_for_selector("header.frame")
            _shot(page, link[1], "#/desk", "Stop list", folder / "desk.png")
            _shot(page, link[1], "#/client/romashka", "What lifts the block", folder / "client.png")
            browser.close()
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(60)
        said.unlink()


def _shot(page: Page, address: str, path: str, heading: str, file: Path) -> None:
    page.goto(f"{address}{path}")
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=30_000)
    page.wait_for_timeout(1_500)  # figures and picture are drawn after the heading
    page.screenshot(path=file)


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
