"""Money as integer minor units (cents); decimal strings outside, never floats."""

from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Final

MINOR_DIGITS: Final = 2
_CENTS: Final = [f"{cents:02d}" for cents in range(100)]
AMOUNT_MAX: Final = 10**15 - 1
"""The largest amount that the contract can write; a converted one is bounded by it as well."""
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)


def minor(text: str) -> int:
    """Minor units of a decimal string with at most two places: "12.5" is 1250. Raises ValueError for anything else."""
    whole, point, fraction = text.partition(".")
    digits = whole[1:] if whole[:1] == "-" else whole
    if not digits.isdecimal() or not digits.isascii() or (point and not (fraction.isdecimal() and fraction.isascii())):
        raise ValueError(f"{text!r} is no amount; write a decimal number like 12.50")
    if len(fraction) > MINOR_DIGITS:
        raise ValueError(f"{text!r} has more than {MINOR_DIGITS} places; round it where it is made")
    amount = int(digits) * 100 + int((fraction + "00")[:MINOR_DIGITS])
    return -amount if whole[:1] == "-" else amount


def text(amount_minor: int) -> str:
    """The decimal string of minor units, always with two places: 1250 is "12.50"."""
    if amount_minor < 0:
        return "-" + text(-amount_minor)
    return f"{amount_minor // 100}.{_CENTS[amount_minor % 100]}"


def convert(amount_minor: int, rate: str) -> int:
    """Minor units in the policy's currency at `rate` (a decimal string, policy currency per unit); half to even."""
    if not rate:
        return amount_minor
    with localcontext(_EXACT):
        return int((Decimal(amount_minor) * Decimal(rate)).to_integral_value(rounding=ROUND_HALF_EVEN))
