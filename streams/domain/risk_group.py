"""Risk group (source: table row 5): the higher of the bands of violations and of overdue days."""

from bisect import bisect_left

from streams.domain.policy import Rules


def of(rules: Rules, violations: int, days: int) -> tuple[int, list[str]]:
    """Group, and which of `violations`, `overdue_days` decided it (both when both give it; none in group 0)."""
    by_violations = bisect_left(rules.violations_maxima, violations)
    by_days = bisect_left(rules.overdue_days_maxima, days)
    group = max(by_violations, by_days)
    if group == 0:
        return 0, []
    decided_by = ["violations"] if by_violations == group else []
    if by_days == group:
        decided_by.append("overdue_days")
    return group, decided_by


def next_threshold_days(rules: Rules, days: int) -> int | None:
    """The number of overdue days above `days` at which a higher band begins; None in the last."""
    maxima = rules.overdue_days_maxima
    index = bisect_left(maxima, days)
    return maxima[index] + 1 if index < len(maxima) - 1 else None
