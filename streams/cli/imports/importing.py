"""From the documents of a file to events: each matched with its client, checked by the contract, and sent once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from schemas.catalogue import TOPIC_OF_TYPE
from schemas.decoding import decode
from schemas.records import Rejected
from streams.cli.failure import Failure
from streams.cli.imports.clients import ClientList, Unmatched
from streams.cli.imports.documents import Document, Item, LeftOut, Wrong
from streams.cli.imports.register import Decided, Event, Register, Verdict
from streams.cli.imports.sinks import Sink
from streams.cli.receivables import Entry

_BATCH: Final = 16_000
"""Documents that are noted and sent together: the register writes a page once however many of its rows change."""
_WITHOUT_CURRENCY: Final = ("payment.reversed", "sale.returned")
"""It is that of what they take back."""
_STATEMENT_COMES: Final = time(9, 2)
"""When a bank's statement arrives, on the morning after: how a history appends payments."""
TOLD_MAX: Final = 1_000
"""Places kept of each kind for the report; of the others the count."""
_encode: Final = msgspec.json.Encoder().encode


class Money(NamedTuple):
    """The policy's currency, and what one unit of others is worth in it."""

    currency: str
    rates: dict[str, str]


class Outcome:
    """What became of one file."""

    def __init__(self) -> None:
        self.documents = 0
        self.sent = 0
        self.verdicts: Counter[Verdict] = Counter()
        self.left_out: Counter[str] = Counter()
        self.wrong_count = 0
        self.wrong: list[Wrong] = []
        self.corrections: list[str] = []
        self.unmatched = Unmatched()
        self.unmatched_documents = 0
        self.failure = ""
        """Why the file could not be read to its end."""

    def is_wrong(self, wrong: Wrong) -> None:
        """Takes a place that could not be read."""
        self.wrong_count += 1
        if len(self.wrong) < TOLD_MAX:
            self.wrong.append(wrong)

    def corrects(self, said: str) -> None:
        """Takes a correction."""
        if len(self.corrections) < TOLD_MAX:
            self.corrections.append(said)


def _readable(items: Iterable[Item], outcome: Outcome) -> Iterator[Item]:
    """The items up to where the file can be read; what came before counts."""
    try:
        yield from items
    except Failure as failure:
        outcome.failure = str(failure)


class Importer:
    """Takes files one after the other."""

    def __init__(
        self, clients: ClientList, register: Register, sink: Sink, money: Money, zone: ZoneInfo, again: bool = False
    ) -> None:
        self._clients = clients
        self._register = register
        self._sink = sink
        self._money = money
        self._zone = zone
        self._again = again
        self._appended = lru_cache(maxsize=4096)(self._append_time)

    def run(self, items: Iterable[Item], file: str, advance: Callable[[int], None] = lambda count: None) -> Outcome:
        """Imports one file; everything it sent is acknowledged and noted when this returns."""
        outcome = Outcome()
        self._register.begin(file)
        batch: list[tuple[Document, str]] = []
        under_way: int | None = None
        line = 0
        for item in _readable(items, outcome):
            if isinstance(item, Document):
                outcome.documents += 1
                match = self._clients.match(item.party)
                if item.reverses:  # the payment it takes back may be in this very file
                    under_way = self._flush(batch, under_way, outcome)
                    found = self._register.payment_of(item.reverses)
                    if found is None:
                        said = "takes back a payment that is not known here; send payment.reversed by hand"
                        outcome.is_wrong(Wrong(item.line, 0, "RvslInd", said))
                        continue
                    item = item._replace(fields={**item.fields, "payment_id": found[0]})
                    batch.append((item, found[1]))
                elif match.client_id:
                    batch.append((item, match.client_id))
                else:
                    outcome.unmatched_documents += 1
                    outcome.unmatched.add(item, match.why, file)
                if len(batch) >= _BATCH:
                    under_way = self._flush(batch, under_way, outcome)
            elif isinstance(item, Wrong):
                outcome.is_wrong(item)
            elif isinstance(item, LeftOut):
                outcome.left_out[item.why] += 1
            if item.line > line:
                advance(item.line - line)
                line = item.line
        under_way = self._flush(batch, under_way, outcome)
        self._flush(batch, under_way, outcome)
        return outcome

    def _flush(self, batch: list[tuple[Document, str]], under_way: int | None, outcome: Outcome) -> int | None:
        """Sends a batch, after the one under way has arrived; returns the number of what is under way now."""
        events, documents = [], []
        for document, client_id in batch:
            value = self._value(document, client_id, outcome)
            if value is not None:
                events.append(Event(document.line, value))
                documents.append(document)
        batch.clear()
        number, decided = self._register.decide(events, self._again) if events else (None, [])
        entries = []
        outcome.verdicts.update(one.verdict for one in decided)
        for document, event, one in zip(documents, events, decided, strict=True):
            if not one.values and one.verdict is not Verdict.CONFLICT:
                continue
            if one.verdict is not Verdict.NEW:
                self._tell(document, event, one, outcome)
            topic, appended = TOPIC_OF_TYPE[document.kind], self._appended(document.known_at)
            entries += [Entry(appended, topic, value["client_id"], value) for value in one.values]
        self._sink.settle()
        if under_way is not None:
            self._register.acknowledge(under_way)
        self._sink.send(entries)
        outcome.sent += len(entries)
        return number

    def _value(self, document: Document, client_id: str, outcome: Outcome) -> dict[str, Any] | None:
        """The event; None, and told, when the contract would refuse it."""
        value: dict[str, Any] = {"type": document.kind, "id": document.id, "client_id": client_id, **document.fields}
        if document.voided:
            value = {name: value[name] for name in ("type", "id", "client_id", "shipment_id") if name in value}
            value["voided"] = True
        elif document.kind in _WITHOUT_CURRENCY:
            value.pop("currency", None)
        else:
            currency = value["currency"] = value["currency"] or self._money.currency
            if currency != self._money.currency:
                rate = self._money.rates.get(str(currency))
                if rate is None:
                    said = (
                        f"{currency} is not the policy's {self._money.currency}; name the policy with --policy, or "
                        f"the rate with --rate {currency}=…"
                    )
                    outcome.is_wrong(Wrong(document.line, 0, "currency", said))
                    return None
                value["rate"] = rate
        refused = decode(TOPIC_OF_TYPE[document.kind], _encode(value))
        if isinstance(refused, Rejected):
            outcome.is_wrong(Wrong(document.line, 0, refused.field or "", refused.remedy))
            return None
        return value

    def _tell(self, document: Document, event: Event, one: Decided, outcome: Outcome) -> None:
        if one.verdict is Verdict.CONFLICT and one.before is not None:
            said = f"{document.id} is on line {one.before.line} already with another content; the first one was taken"
            outcome.is_wrong(Wrong(event.line, 0, "", said))
        elif one.verdict is Verdict.CORRECTED and one.before is not None:
            moved = one.before.client_id != event.value["client_id"]
            what = f" (moved from client {one.before.client_id})" if moved else ""
            what = " (withdrawn)" if event.value.get("voided") else what
            outcome.corrects(
                f"line {event.line}: {document.id} of client {event.value['client_id']} is revision "
                f"{one.values[-1].get('revision', 1)}{what}"
            )

    def _append_time(self, known_at: str) -> int:
        """When a history appends it: a payment with the statement of the next morning, a shipment when it left."""
        if "T" in known_at:
            moment = datetime.fromisoformat(known_at)
        else:
            moment = datetime.combine(date.fromisoformat(known_at) + timedelta(days=1), _STATEMENT_COMES, self._zone)
        return round(moment.timestamp() * 1000)
