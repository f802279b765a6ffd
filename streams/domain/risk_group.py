"""Risk group (source: table row 5): the higher of the bands of violations and of overdue days."""

from streams.domain.policy import Rules


def of(rules: Rules, violations: int, days: int) -> tuple[int, list[str]]:
    """Group, and which of `violations`, `overdue_days` decided it (both when both give it; none in group 0)."""
    by_violations = by_days = 0
    if violations:
        by_violations = next(band.group for band in rules.bands if violations <= band.violations_max)
    if days:
        by_days = next(band.group for band in rules.bands if days <= band.overdue_days_max)
    group = max(by_violations, by_days)
    if group == 0:
        return 0, []
    decided_by = ["violations"] if by_violations == group else []
    if by_days == group:
        decided_by.append("overdue_days")
    return group, decided_by


def next_threshold_days(rules: Rules, days: int) -> int | None:
    """The number of overdue days above `days` at which a higher band begins; None in the last."""
    for band in rules.bands[:-1]:
        if days <= band.overdue_days_max:
            return band.overdue_days_max + 1
    return None
