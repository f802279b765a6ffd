"""The parts of `stoplist notify`: signatures, configuration, offsets, one endpoint with its retries and its parking."""

import asyncio
import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from streams.cli.failure import Failure
from streams.cli.notify.calling import Caller, Refused
from streams.cli.notify.config import EndpointConfig, read_config
from streams.cli.notify.endpoint import Endpoint
from streams.cli.notify.events import Event
from streams.cli.notify.offsets import Offsets
from streams.cli.notify.parked import Parked
from streams.cli.notify.signature import signed_headers
from tests.cli.notify.receiver import Receiver
from tests.harness.waiting import SECONDS_MAX

SECRET = b"0123456789abcdef"


def test_a_signature_is_that_of_standard_webhooks() -> None:
    # the example of the scheme's own documentation
    secret = base64.b64decode("plJ3nmyCDGBKInavdOK15jsl")
    body = b'{"event_type":"ping","data":{"success":true}}'
    assert signed_headers(secret, "msg_loFOjxBNrRLzqYUf", 1731705121, body) == {
        "webhook-id": "msg_loFOjxBNrRLzqYUf",
        "webhook-timestamp": "1731705121",
        "webhook-signature": "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
    }


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ("{url: 'http://wms.example.com/x', secret_env: S}", "http is for this machine alone; use https"),
        ("{url: 'ftp://wms.example.com/x', secret_env: S}", "write one like https://"),
        ("{url: 'https://u:p@wms.example.com/x', secret_env: S}", "leave the password out"),
        ("{url: 'https://wms.example.com/x'}", "name the variable with the secret, or secret_file"),
        ("{url: 'https://wms.example.com/x', secret: abc}", "endpoints.wms.secret"),
        ("{url: 'https://wms.example.com/x', secret_env: S, topics: [payments]}", "endpoints.wms.topics.0"),
    ],
)
def test_a_configuration_that_is_not_safe_is_refused_with_its_field(tmp_path: Path, endpoint: str, said: str) -> None:
    file = tmp_path / "notify.yaml"
    file.write_text(f"endpoints:\n  wms: {endpoint}\n")
    with pytest.raises(Failure) as caught:
        read_config(file)
    assert said in str(caught.value)
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "- 1\n", "endpoints\n"])
def test_a_configuration_that_is_none_is_refused_with_the_remedy(tmp_path: Path, text: str) -> None:
    file = tmp_path / "notify.yaml"
    file.write_text(text)
    with pytest.raises(Failure) as caught:
        read_config(file)
    assert str(caught.value) == f"{file}: names no endpoints; docs/integrate.md shows how"


@pytest.mark.parametrize(("text", "said"), [("", "at least 16 bytes"), ("short", "at least 16"), ("whsec_!", "base64")])
def test_a_secret_that_is_none_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    monkeypatch.setenv("S", text)
    with pytest.raises(Failure) as caught:
        EndpointConfig(url="https://x.example/", secret_env="S").secret("x")
    assert said in str(caught.value)
    assert not text or text.removeprefix("whsec_") not in str(caught.value).replace("whsec_", "")


def test_an_offset_is_settled_when_all_before_it_are() -> None:
    offsets: Offsets[str] = Offsets()
    first, second = offsets.begin("p", 7, 2), offsets.begin("p", 8, 1)
    offsets.begin("p", 9, 0)
    second()
    first()
    assert offsets.settled() == {"p": 7}  # one of two endpoints has not
    first()
    assert (offsets.settled(), offsets.under_way) == ({"p": 10}, 0)


def test_a_partition_taken_away_counts_no_more() -> None:
    offsets: Offsets[str] = Offsets()
    settled = offsets.begin("p", 7, 1)
    offsets.forget(["p"])
    settled()
    assert (offsets.settled(), offsets.under_way) == ({}, 0)


class Desk:
    """An endpoint whose receiver is a function, and which does not wait between attempts."""

    def __init__(self, folder: Path, receive: Callable[[Event], None], **config: Any) -> None:
        self.taken: list[str] = []
        self.attempts = 0
        self.pauses: list[float] = []
        self.settled: list[str] = []
        self._receive = receive
        self.parked = Parked(folder / "state.sqlite")
        settings = {"url": "https://x.example/", "secret_env": "S", "attempts_max": 3, **config}
        self.endpoint = Endpoint("x", EndpointConfig(**settings), self._call, self.parked, folder, self._pause)

    async def _call(self, event: Event) -> None:
        self.attempts += 1
        await asyncio.sleep(0)
        self._receive(event)
        self.taken.append(event.id)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    async def tell(self, *ids: str) -> None:
        """Offers events (`client:sequence`) and returns when all are settled."""
        done = asyncio.Event()

        def settled(event_id: str) -> None:
            self.settled.append(event_id)
            if len(self.settled) == len(ids):
                done.set()

        for event_id in ids:
            event = Event("shipment-blocks", event_id.split(":")[0], event_id, b"{}")
            self.endpoint.offer(event, lambda event_id=event_id: settled(event_id))  # type: ignore[misc]
        task = asyncio.create_task(self.endpoint.run())
        async with asyncio.timeout(SECONDS_MAX):
            await done.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        self.settled.clear()


def test_an_event_is_tried_again_with_longer_and_longer_pauses(tmp_path: Path) -> None:
    left = [Refused("it answered 500"), Refused("no answer")]

    def receive(event: Event) -> None:
        if left:
            raise left.pop()

    desk = Desk(tmp_path, receive, backoff_seconds=10)
    asyncio.run(desk.tell("A:1"))
    assert (desk.taken, desk.attempts) == (["A:1"], 3)
    assert 5 <= desk.pauses[0] <= 10 <= desk.pauses[1] <= 20  # half of it is jitter
    assert desk.parked.parkings() == {}


def test_a_client_that_is_retried_holds_back_only_itself(tmp_path: Path) -> None:
    refused = {"A:1": 2}

    def receive(event: Event) -> None:
        if refused.get(event.id, 0):
            refused[event.id] -= 1
            raise Refused("it answered 503")

    desk = Desk(tmp_path, receive)
    asyncio.run(desk.tell("A:1", "A:2", "B:1"))
    assert desk.taken.index("B:1") < desk.taken.index("A:1") < desk.taken.index("A:2")


def test_a_dead_endpoint_is_parked_with_a_report_and_nothing_is_lost(tmp_path: Path) -> None:
    dead = True

    def receive(event: Event) -> None:
        if dead:
            raise Refused("no answer (ConnectError)")

    desk = Desk(tmp_path, receive)
    asyncio.run(desk.tell("A:1", "A:2", "B:1"))
    asyncio.run(desk.tell("A:3"))
    assert desk.taken == []
    parking = desk.parked.parkings()["x"]
    assert (parking.kept, parking.why) == (4, "no answer (ConnectError), 3 times")
    report = (tmp_path / "x.parked.txt").read_text()
    assert "stoplist notify resume x" in report
    dead = False
    assert desk.parked.resume("x")
    asyncio.run(desk.endpoint.drain())
    assert [told for told in desk.taken if told[0] == "A"] == ["A:1", "A:2", "A:3"]
    assert sorted(desk.taken) == ["A:1", "A:2", "A:3", "B:1"]
    assert (desk.parked.parkings(), desk.endpoint.live) == ({}, True)
    assert not (tmp_path / "x.parked.txt").exists()


def test_an_endpoint_that_is_still_dead_is_parked_again_and_keeps_its_order(tmp_path: Path) -> None:
    alive = ["A:1"]

    def receive(event: Event) -> None:
        if event.id not in alive:
            raise Refused("it answered 500")

    desk = Desk(tmp_path, receive)
    desk.parked.park("x", "", "")
    desk.endpoint.live = False
    asyncio.run(desk.tell("A:1", "A:2", "A:3"))
    desk.parked.resume("x")
    asyncio.run(desk.endpoint.drain())
    assert desk.taken == ["A:1"]
    assert [event.id for _, event in desk.parked.kept("x", 9)] == ["A:2", "A:3"]
    assert not desk.parked.parkings()["x"].resumed


def test_an_endpoint_that_is_gone_is_parked_at_once(tmp_path: Path) -> None:
    def receive(event: Event) -> None:
        raise Refused("it answered 410", for_good=True)

    desk = Desk(tmp_path, receive)
    asyncio.run(desk.tell("A:1"))
    assert (desk.attempts, desk.parked.parkings()["x"].kept) == (1, 1)


def test_a_call_is_signed_and_a_redirect_is_not_followed() -> None:
    async def call(receiver: Receiver) -> None:
        async with httpx.AsyncClient(follow_redirects=False, trust_env=False) as client:
            config = EndpointConfig(url=receiver.url, secret_env="S")
            caller = Caller(config, SECRET, client)
            await caller(Event("shipment-blocks", "A", "A:1", b'{"a":1}'))
            receiver.status = 302
            with pytest.raises(Refused, match="it answered 302"):
                await caller(Event("shipment-blocks", "A", "A:2", b"{}"))

    with Receiver(SECRET) as receiver:
        asyncio.run(call(receiver))
        assert (receiver.taken, receiver.forged) == ([("A:1", b'{"a":1}')], 0)


def test_a_name_that_leads_into_a_private_network_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolved(*arguments: Any, **named: Any) -> list[Any]:
        return [(2, 1, 6, "", ("10.0.0.7", 443))]

    async def call(private: bool) -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
        transport = httpx.MockTransport(lambda request: httpx.Response(204))
        async with httpx.AsyncClient(transport=transport) as client:
            config = EndpointConfig(url="https://inside.example/", secret_env="S", private=private)
            await Caller(config, SECRET, client)(Event("shipment-blocks", "A", "A:1", b"{}"))

    with pytest.raises(Refused, match="private network"):
        asyncio.run(call(False))
    asyncio.run(call(True))
