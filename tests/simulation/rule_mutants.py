"""Mistakes in the rules: is the oracle awake?"""

from streams.domain import overdue, risk_group, volume_category
from streams.domain.stop_conditions import first_payment_overdue
from tests.simulation.mutants import Mutant, mutant

RULE_MUTANTS: tuple[Mutant, ...] = (
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
            ("run.due > completed_through and rules.cutoff(run.due) > now", "rules.cutoff(run.due) > now"),
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
        "a closed first deal still blocks",
        (first_payment_overdue, "overdue_of_first_deal", ("if deal is None or not deal.open:", "if deal is None:")),
    ),
)  # fmt: skip
