"""The picture in the documents is the one that the program draws now."""

from pathlib import Path

from streams.cli.demo.picture import picture

_COMMITTED = Path(__file__).parents[2] / "docs/images/demo.svg"


def test_the_committed_picture_is_the_one_drawn_now() -> None:
    drawn = picture()
    assert "://" not in drawn.replace("http://www.w3.org", "").replace("https://www.textualize.io", "")
    assert _COMMITTED.read_text(encoding="utf-8") == drawn, "draw it anew: python -m streams.cli.demo.picture"
