"""Which clients the engine counts as blocked: those to whom nothing may be shipped now."""

from schemas.policy_file import default_policy
from streams.domain.fold import ClientFold
from streams.domain.state import Client, Condition

_FOLD = ClientFold(default_policy())


def _client(**overridden: bool) -> Client:
    client = Client(id="c")
    client.decided.conditions = {name: Condition(since=1, overridden=covered) for name, covered in overridden.items()}
    return client


def test_a_client_with_a_condition_that_nobody_overrode_is_blocked() -> None:
    assert _FOLD.flag == "blocked"
    assert not _FOLD.flagged(_client())
    assert _FOLD.flagged(_client(risk_group=False))
    assert _FOLD.flagged(_client(risk_group=True, conduct=False))


def test_a_client_whose_every_condition_is_overridden_is_not() -> None:
    assert not _FOLD.flagged(_client(risk_group=True, conduct=True))
