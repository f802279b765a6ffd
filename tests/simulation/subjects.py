"""Everything that can be simulated, by name."""

from typing import Final

from tests.simulation.clients_subject import REAL
from tests.simulation.counting_subject import COUNTING
from tests.simulation.market_subject import MARKET
from tests.simulation.subject import Subject
from tests.simulation.upgrading_subject import UPGRADING

SUBJECTS: Final[dict[str, Subject]] = {one.name: one for one in (COUNTING, REAL, MARKET, UPGRADING)}
