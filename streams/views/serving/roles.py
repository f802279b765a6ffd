"""Who may do what over HTTP. Whether a judgement counts is said again by the rules, from its signature."""

from typing import Final, Literal

Role = Literal["viewer", "warehouse", "accountant", "manager", "director"]
Right = Literal["read", "request", "account", "judge", "direct"]

MAY: Final[dict[str, tuple[Right, ...]]] = {
    "viewer": ("read",),
    "warehouse": ("read", "request"),
    "accountant": ("read", "account"),
    "manager": ("read", "request", "account", "judge"),
    "director": ("read", "request", "account", "judge", "direct"),
}
"""read: every GET · request: shipments · account: obligation.* · judge: what a manager decides · direct: a director."""


def may(roles: tuple[str, ...]) -> tuple[Right, ...]:
    """All rights of these roles together."""
    rights = [right for role in roles for right in MAY.get(role, ())]
    return tuple(dict.fromkeys(rights))
