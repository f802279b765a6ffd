"""Clients and scopes side by side: what one tells the other arrives at once, as in a replay."""

import json
from typing import Any

from schemas.policy import Policy
from schemas.records import Output
from streams.cli.history import Line
from streams.cli.linked_folds import LinkedFolds
from tests.domain.decisions.driver import instant


class Market:
    """A wholesaler with many clients."""

    def __init__(self) -> None:
        self.folds = LinkedFolds(Policy(version=1))
        self.moves: list[dict[str, Any]] = []
        """Every `category.changed` of importance."""
        self.published: list[bytes] = []
        self._numbers = 0
        self._sales = 0

    def send(self, topic: str, kind: str, number: str, client: str | None, arrives: str, **body: Any) -> None:
        """Any event."""
        document = {"type": kind, "id": number, **({"client_id": client} if client else {}), **body}
        self._numbers += 1
        key = None if client is None else client.encode()
        line = Line(self._numbers, topic, instant(arrives), key, json.dumps(document).encode())
        self._keep(self.folds.feed(line))

    def register(self, client: str, on: str, arrives: str = "2026-03-01", **more: Any) -> None:
        """A client's registration."""
        self.send("clients", "client.registered", f"R-{client}", client, arrives, name=client, registered_on=on, **more)

    def sell(self, client: str, amount: str, on: str, number: str = "", **more: Any) -> None:
        """A sale in the direction `watches`, arriving on its day."""
        self._sales += 1
        body = {"amount": amount, "currency": "USD", "sold_on": on[:10], "direction": "watches", **more}
        arrives = body.pop("arrives", on)
        self.send("sales", "sale.recorded", number or f"SA-{self._sales}", client, arrives, **body)

    def give_back(self, client: str, number: str, sale: str, amount: str, on: str) -> None:
        """A return of a sale."""
        self.send("sales", "sale.returned", number, client, on, sale_id=sale, amount=amount, returned_on=on[:10])

    def wait(self, until: str) -> None:
        """Time alone."""
        out: list[Output] = []
        self.folds.advance(instant(until), out)
        self._keep(out)

    def importance(self, client: str) -> dict[str, str]:
        """By scope, as the client's status says it."""
        state = dict(self.folds.states())[client.encode()]
        body = json.loads(self.folds.fold.status_as_of(self.folds.shared, state, self.folds.instant))
        return {f"{i['scope']['kind']}/{i['scope']['id']}": i["importance"] for i in body["categories"]["importance"]}

    def all(self, scope: str = "direction/watches") -> dict[str, str]:
        """By client, of one scope."""
        found = {key.decode(): self.importance(key.decode()) for key, _ in self.folds.states()}
        return {client: scopes[scope] for client, scopes in found.items() if scope in scopes}

    def _keep(self, out: list[Output]) -> None:
        self.published += [output.value or b"" for output in out]
        for output in out:
            if output.topic == "category-changes":
                body = json.loads(output.value or b"")
                if body["dimension"] == "importance":
                    self.moves.append(body)
