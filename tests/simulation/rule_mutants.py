"""Mistakes in the rules: is the oracle awake?"""

from streams.domain import (
    first_deal,
    fold,
    obligation_changes,
    overdue,
    overrides,
    reservations,
    risk_group,
    volume_category,
)
from streams.domain.importance import hearing
from streams.domain.importance.fold import ImportanceFold
from streams.domain.importance.ranking import Ranking
from streams.domain.kept import Appended
from tests.simulation.mutants import Mutant, mutant

RULE_MUTANTS: tuple[Mutant, ...] = (
    mutant(
        "a payment or sale that is still bytes is not known again",
        (Appended, "get", ("if name.encode() in self._bytes:", "if False:")),
    ),
    mutant(
        "group 2 begins with two violations",
        (risk_group, "of", ("violations_maxima, violations)", "violations_maxima, violations + (violations == 2))")),
    ),
    mutant(
        "accounting's word that all is posted is not heard",
        (
            overdue,
            "measure",
            ("(due > completed_through and cutoff(due) > now)", "cutoff(due) > now"),
            ("run.due > completed_through and cutoff(run.due) > now", "cutoff(run.due) > now"),
        ),
    ),
    mutant(
        "the open episode is a day too short",
        (overdue, "measure", ("since = day - first + 1, place", "since = day - first, place")),
    ),
    mutant(
        "500.00 is volume A",
        (volume_category, "category", ("> rules.volume_a_above", ">= rules.volume_a_above")),
    ),
    mutant(
        "the last closed month does not count",
        (volume_category, "of", ("running if running >= closed_last else closed_last", "running")),
    ),
    mutant(
        "a reversal opens a closed first deal again",
        (first_deal, "known_closed", (" or 0 < client.position.deal_closed[0] < day", "")),
        (
            first_deal,
            "_deal",
            (
                "closed_on, stopped = _decided(",
                "paid_on = paid_on if first_deal_payment.is_settled(rules, shipments, day) else 0\n"
                "    closed_on, stopped = _decided(",
            ),
        ),
        (first_deal, "of", ("if 0 < position.deal_closed[0] < day:", "if False:")),
    ),
    mutant(
        "an approval reserves nothing",
        (reservations, "reserved", ("return sum(", "return 0 * sum(")),
    ),
    mutant(
        "an override lifts for ever",
        (overrides, "in_force", ("<= instant < end_of(judgements, name, override)", "<= instant")),
    ),
    mutant(
        "a new policy is seen with the next record only",
        (fold.ClientFold, "_take", ("not (coming.policy or broadcasting.judges(", "not (broadcasting.judges(")),
    ),
    mutant(
        "a rescheduled obligation was never late",
        (obligation_changes, "_periods", ("        if on > first:\n", "        if False:\n")),
    ),
)  # fmt: skip

MARKET_MUTANTS: tuple[Mutant, ...] = (
    mutant(
        "a scope takes repeats of its clients", (ImportanceFold, "record", ("if state.repeated(told):", "if False:"))
    ),
    mutant("a client takes repeats of its scopes", (hearing, "hear", ("if told.sequence <= book.heard:", "if False:"))),
    mutant(
        "a client at the border is still above it",
        (
            Ranking,
            "_take_in",
            ("before * 100 >= share", "before * 100 > share"),
            ("if not place[0] or before * 100 >= share", "if not place[0] or before * 100 > share"),
        ),
        (Ranking, "_put_out", ("before * 100 < share", "before * 100 <= share")),
    ),
    mutant(
        "those that a border passed are not told",
        (ImportanceFold, "_tell", ("for name in names:", "for name in names[:1]:")),
    ),
)
