"""Whose turn it is to keep the loop busy; real tasks on a real loop, no broker."""

import asyncio

from streams.engine.turns import LAST, Turns


def test_the_earliest_goes_first_and_what_can_wait_goes_last() -> None:
    order: list[int] = []

    async def work(turns: Turns, since: int) -> None:
        await turns.next(since)
        order.append(since)

    async def run() -> None:
        turns = Turns()
        await asyncio.gather(*(work(turns, since) for since in (LAST, 30, 10, 20)))

    asyncio.run(run())
    assert order == [10, 20, 30, LAST]


def test_an_acknowledgement_is_answered_before_the_next_turn() -> None:
    """From the wire to the next request it passes through tasks: here eight, each in a pass of the loop of its own."""
    order: list[str] = []
    answers: list[asyncio.Task[None]] = []

    async def work(turns: Turns, since: int) -> None:
        await turns.next(since)
        order.append(f"fold {since}")

    async def acknowledge() -> None:
        for _ in range(8):
            await asyncio.sleep(0)
        order.append("next request")

    async def first(turns: Turns) -> None:
        await turns.next(1)
        order.append("fold 1")
        answers.append(asyncio.ensure_future(acknowledge()))

    async def run() -> None:
        turns = Turns()
        await asyncio.gather(first(turns), work(turns, 2), work(turns, 3))

    asyncio.run(run())
    assert order == ["fold 1", "next request", "fold 2", "fold 3"]


def test_a_revoked_partition_s_turn_goes_to_the_next() -> None:
    order: list[int] = []

    async def work(turns: Turns, since: int) -> None:
        await turns.next(since)
        order.append(since)

    async def run() -> None:
        turns = Turns()
        tasks = [asyncio.ensure_future(work(turns, since)) for since in (1, 2, 3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.wait(tasks)
        await asyncio.wait_for(turns.next(4), 5)

    asyncio.run(run())
    assert order == [1, 3]


def test_short_turns_are_given_together_and_what_they_send_leaves_at_once() -> None:
    """Three of 2 ms: two in one pass of the loop, before what the first of them sent is on its way; then the third."""
    order: list[str] = []
    sent: list[asyncio.Task[None]] = []

    async def send(since: int) -> None:
        order.append(f"send {since}")

    async def work(turns: Turns, since: int, seconds: float) -> None:
        await turns.next(since, seconds)
        order.append(f"fold {since}")
        sent.append(asyncio.ensure_future(send(since)))

    async def run() -> None:
        turns = Turns()
        await asyncio.gather(*(work(turns, since, 0.002) for since in (1, 2, 3)))
        await asyncio.gather(*sent)

    asyncio.run(run())
    assert order == ["fold 1", "fold 2", "send 1", "send 2", "fold 3", "send 3"]


def test_a_long_turn_is_not_shared_by_a_short_one() -> None:
    order: list[str] = []

    async def acknowledge() -> None:
        order.append("acknowledged")

    async def work(turns: Turns, since: int, seconds: float) -> None:
        await turns.next(since, seconds)
        order.append(f"fold {since}")
        asyncio.ensure_future(acknowledge()) if since == 1 else None

    async def run() -> None:
        turns = Turns()
        await asyncio.gather(work(turns, 1, 0.02), work(turns, 2, 0.001))

    asyncio.run(run())
    assert order == ["fold 1", "acknowledged", "fold 2"]
