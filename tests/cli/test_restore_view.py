"""The bars of a restore, as a terminal shows them."""

import io
import subprocess
import sys

import pytest
from rich.console import Console

from streams.cli import restore_view
from streams.cli.restore_view import RestoreView
from streams.engine.restore_progress import RestoreProgress


class _Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    made = _Clock()
    monkeypatch.setattr(restore_view, "time", made)
    return made


def _terminal() -> tuple[RestoreView, io.StringIO]:
    shown = io.StringIO()
    return RestoreView(Console(file=shown, force_terminal=True, width=100, color_system=None)), shown


def test_a_long_restore_is_shown_with_what_it_does_and_how_far_it_is(clock: _Clock) -> None:
    view, shown = _terminal()
    progress = RestoreProgress(3, view)
    progress.fenced(17)
    progress.journal_read(100)  # folding one again counts as loading eight snapshots: 800 of 1,600
    progress.snapshots_span(1000, 1800)
    clock.now += 1
    progress.snapshots_read(1400)
    assert "partition 3: loading clients" in shown.getvalue()
    assert " 25%" in shown.getvalue()
    clock.now += 1
    progress.folded_again(50)
    assert "partition 3: folding records again" in shown.getvalue()
    assert " 75%" in shown.getvalue()
    progress.end()
    assert view._bars is None


def test_a_short_one_is_not_shown(clock: _Clock) -> None:
    view, shown = _terminal()
    progress = RestoreProgress(3, view)
    progress.fenced(17)
    progress.journal_read(0)
    progress.snapshots_span(0, 10)
    progress.snapshots_read(10)
    progress.end()
    assert shown.getvalue() == ""


def test_a_worker_in_a_pipe_loads_nothing_that_draws() -> None:
    """A restart waits for what is loaded."""
    asked = "import sys, streams.cli.worker as w; w._restore_view()(None); sys.exit('rich.progress' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", asked], stderr=subprocess.PIPE, check=False)
    assert run.returncode == 0, run.stderr
