"""`docs/images/first-deal.svg`, the first deal's moves as a picture: `python -m streams.cli.first_deal_picture > …`.

The numbers at its arrows are those of the moves in `docs/first-deal.md`. A test fails when it is stale.
"""

import sys
from collections import defaultdict
from typing import Final, NamedTuple

from streams.domain.first_deal import CLOSED, MOVES, NONE, OPEN, RETURNED, STARTED, STATES, STOPPED


class _Point(NamedTuple):
    x: float
    y: float


_CENTRES: Final = {
    NONE: _Point(66, 170),
    STARTED: _Point(215, 40),
    OPEN: _Point(340, 170),
    RETURNED: _Point(340, 310),
    CLOSED: _Point(545, 40),
    STOPPED: _Point(545, 310),
}
_COLOURS: Final = {NONE: "#f6f8fa", CLOSED: "#dcf2e0", STOPPED: "#fbdfdd", RETURNED: "#fdeeca"}
_COLOUR: Final = "#e3edfb"
_HALF: Final = _Point(54, 23)
"""Half a state's box, width and height."""
_BESIDE: Final = 16
"""How far an arrow lies from the line between the centres when another comes back."""
_BELOW: Final = {(STOPPED, NONE): 375}
"""Arrows that go round what lies between their states, and the height at which they do."""


def first_deal_picture() -> str:
    """`docs/images/first-deal.svg`."""
    numbers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number, move in enumerate(MOVES, 1):
        numbers[move.before, move.after].append(str(number))
    arrows = [_arrow(*ends, ", ".join(found), back=ends[::-1] in numbers) for ends, found in numbers.items()]
    return _PICTURE.format(arrows="\n".join(arrows), states="\n".join(_state(state) for state in STATES))


def _state(state: str) -> str:
    centre = _CENTRES[state]
    return (
        f'<rect x="{centre.x - _HALF.x:g}" y="{centre.y - _HALF.y:g}" width="{2 * _HALF.x:g}" height="{2 * _HALF.y:g}" '
        f'rx="8" fill="{_COLOURS.get(state, _COLOUR)}" stroke="#57606a"/>'
        f'<text x="{centre.x:g}" y="{centre.y + 6:g}">{state}</text>'
    )


def _arrow(before: str, after: str, numbers: str, *, back: bool) -> str:
    if height := _BELOW.get((before, after)):
        return _round(_CENTRES[before], _CENTRES[after], height, numbers)
    start, end = _CENTRES[before], _CENTRES[after]
    across, down = end.x - start.x, end.y - start.y
    length = (across**2 + down**2) ** 0.5
    aside = _BESIDE if back else 0
    shift = _Point(-down / length * aside, across / length * aside)
    start, end = _Point(start.x + shift.x, start.y + shift.y), _Point(end.x + shift.x, end.y + shift.y)
    first, last = _border(start, end, _CENTRES[before]), _border(end, start, _CENTRES[after])
    middle = _Point((first.x + last.x) / 2, (first.y + last.y) / 2)
    path = f"M{first.x:.1f},{first.y:.1f} L{last.x:.1f},{last.y:.1f}"
    return f'<path d="{path}" marker-end="url(#tip)"/>{_label(middle, numbers)}'


def _border(inside: _Point, outside: _Point, centre: _Point) -> _Point:
    """Where the line from a point in the box around `centre` to one outside of it leaves the box."""
    across, down = outside.x - inside.x, outside.y - inside.y
    shares = []
    if across:
        shares.append((centre.x + (_HALF.x if across > 0 else -_HALF.x) - inside.x) / across)
    if down:
        shares.append((centre.y + (_HALF.y if down > 0 else -_HALF.y) - inside.y) / down)
    share = min(shares)
    return _Point(inside.x + across * share, inside.y + down * share)


def _round(start: _Point, end: _Point, height: float, numbers: str) -> str:
    path = f"M{start.x:g},{start.y + _HALF.y:g} V{height:g} H{end.x:g} V{end.y + _HALF.y:g}"
    return f'<path d="{path}" marker-end="url(#tip)"/>{_label(_Point((start.x + end.x) / 2, height), numbers)}'


def _label(middle: _Point, numbers: str) -> str:
    width = 18 + 9 * len(numbers)
    return (
        f'<rect x="{middle.x - width / 2:.1f}" y="{middle.y - 12:.1f}" width="{width}" height="24" rx="12" fill="#fff" '
        f'stroke="#8c959f"/><text class="number" x="{middle.x:.1f}" y="{middle.y + 5.5:.1f}">{numbers}</text>'
    )


_PICTURE: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 611 400" width="611" height="400" role="img">
<title>The states of a first deal and the numbered moves between them</title>
<style>
text {{ font: 17px system-ui, "Segoe UI", "Noto Sans", sans-serif; text-anchor: middle; fill: #1f2328 }}
text.number {{ font-size: 15px; font-weight: 600 }}
path {{ fill: none; stroke: #57606a; stroke-width: 1.5 }}
marker path {{ fill: #57606a; stroke: none }}
</style>
<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">
<path d="M0,0 L10,5 L0,10 z"/></marker></defs>
<rect width="611" height="400" rx="8" fill="#fff"/>
{arrows}
{states}
</svg>
"""

if __name__ == "__main__":
    sys.stdout.write(first_deal_picture())
