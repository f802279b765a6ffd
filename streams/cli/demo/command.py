"""`stoplist demo`: embedded broker, worker, simulated wholesaler and live view, until Ctrl-C or for some seconds."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Any, Final

import typer
from kafka.errors import KafkaError
from rich.console import Console

from streams.cli.connection import consumer, producer
from streams.cli.demo import story
from streams.cli.demo.board import Board
from streams.cli.demo.children import Child, Ended
from streams.cli.demo.feed import Feed
from streams.cli.demo.outputs import Outputs
from streams.cli.demo.people import Page, open_browser, page, projector, write_papers
from streams.cli.demo.shows import Lines, Picture, Show, groups_in_short
from streams.cli.demo.stage import PARTITIONS, create_topics, embedded_servers, temporary_home, worker
from streams.cli.demo.view import Frame, said_in
from streams.cli.demo.words import Language as LanguageCode
from streams.cli.demo.words import counted, moment, set_aside, word
from streams.cli.failure import Failure
from streams.cli.simulator import Wholesaler
from streams.cli.simulator.forms import midnight_ms

FIRST_DAY: Final = date(2026, 2, 2)
SPEED_DEFAULT: Final = 2.0
CLIENTS_DEFAULT: Final = 300
SEED_DEFAULT: Final = 7
MISTAKES: Final = 0.001
_MOSCOW: Final = timezone(timedelta(hours=3))
_WORKER_SECONDS_MAX: Final = 60.0
_QUIET_SECONDS: Final = 3.0
_POLL_MS: Final = 50


class Language(StrEnum):
    """Of everything shown."""

    EN = "en"
    RU = "ru"


def demo(
    seconds: Annotated[
        float | None,
        typer.Option(
            metavar="N",
            min=1,
            max=86_400,
            help="End by itself after so long; counted from the first block on the screen.",
        ),
    ] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Lines instead of a picture; so it is when piped.")] = False,
    language: Annotated[Language, typer.Option(help="Language of everything shown.")] = Language.EN,
    speed: Annotated[
        float, typer.Option(metavar="HOURS", min=0.1, max=240, help="Simulated hours a second.")
    ] = SPEED_DEFAULT,
    clients: Annotated[int, typer.Option(min=10, max=5_000, help="How many clients buy.")] = CLIENTS_DEFAULT,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Another one gives another history.")] = SEED_DEFAULT,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only tell the page's address.")] = False,
) -> None:
    """Shows everything at work, with nothing but this package: broker in memory, worker, page, simulated wholesaler.

    The page opens in your browser; where there is none, open the address that is told. It logs in the first who does.

    Nothing is kept: the embedded broker is not durable. Exit codes: 0 at the end or by Ctrl-C, 1 when a part of it
    failed, 2 when it could not begin.

    \b
    Examples:
      stoplist demo
      stoplist demo --language ru --speed 24
      stoplist demo --seconds 20 --plain
    """
    english = language is Language.EN
    wholesaler = Wholesaler(clients, seed=seed, first_day=FIRST_DAY, mistakes=MISTAKES, english_names=english)
    board = Board({story.CLIENT_ID: story.NAME, **{client.id: client.name for client in wholesaler.clients}})
    plain = plain or not sys.stdout.isatty()
    performance = Performance(wholesaler, board, language.value, speed, plain, opens=not (plain or no_browser))
    try:
        with _signals_interrupt():
            performance.run(seconds)
    except KeyboardInterrupt:
        pass  # how a person ends it
    except Ended as ended:
        performance.summarise()
        typer.echo(f"stoplist: {ended}", err=True)
        raise typer.Exit(1) from None
    performance.summarise()


class Performance:
    """One demo, from the first process to the last."""

    def __init__(
        self,
        wholesaler: Wholesaler,
        board: Board,
        language: LanguageCode,
        speed: float,
        plain: bool,
        opens: bool,
    ) -> None:
        self._wholesaler = wholesaler
        self._board = board
        self._language: LanguageCode = language
        self._speed = speed
        self._plain = plain
        self._opens = opens
        self._page: Page | None = None
        self._feed: Feed | None = None

    def run(self, seconds: float | None) -> None:
        """Starts everything, shows it for `seconds` from the first block on (None: without end), ends everything.

        Raises Ended when a process dies or does not begin.
        """
        with ExitStack() as stack:
            show = self._show()
            home = stack.enter_context(temporary_home())
            show.note("starting_broker")
            embedded = stack.enter_context(embedded_servers(home))
            create_topics(embedded.bootstrap)
            papers = write_papers(home)
            # a broker that died must not hold up the end
            sender = stack.enter_context(
                producer(embedded.bootstrap, delivery_timeout_ms=10_000, request_timeout_ms=5_000)
            )
            reader = stack.enter_context(consumer(embedded.bootstrap))
            outputs = Outputs(reader, PARTITIONS)
            name = said_in(story.NAME, self._language)
            self._feed = feed = Feed(self._wholesaler, sender, PARTITIONS, self._speed, name)
            show.note("sending")
            feed.send_history()
            show.note("starting_worker")
            working = stack.enter_context(worker(home, embedded.bootstrap, papers.policy))
            scopes = stack.enter_context(worker(home, embedded.bootstrap, papers.policy, "importance"))
            projecting = stack.enter_context(projector(home, embedded))
            self._page = served = page(home, embedded, papers)
            stack.enter_context(served.process)
            # the broker first: the others end when it does
            parts = [embedded.process, working, scopes, projecting, served.process]
            try:
                with show:
                    self._play(show, feed, outputs, parts, seconds, embedded.bootstrap)
                show.note("ending")
            except (KafkaError, Failure):
                embedded.process.check()  # the cause, when it is gone
                raise

    def summarise(self) -> None:
        """Says what was seen, or that there was nothing yet."""
        feed, board, language = self._feed, self._board, self._language
        if feed is None or not board.groups:
            sys.stdout.write(f"{word('stopped', language)}\n")
            return
        text = word("summary", language).format(
            events=counted(feed.sent, "events", language),
            date=moment(self._now(feed), language, year=True),
            blocks=counted(board.blocks, "blocks", language),
            releases=counted(board.releases, "releases", language),
            blocked=counted(len(board.blocked), "clients", language),
            dead=counted(board.dead_letters, "records", language),
        )
        groups = word("summary_groups", language).format(groups=groups_in_short(board))
        aside = f"{set_aside(board.set_aside, language)}\n" if board.set_aside else ""
        sys.stdout.write(f"{text}\n{aside}{groups}\n")
        if not self._plain:
            sys.stdout.write(f"{word('not_durable', language)}\n")

    def _show(self) -> Show:
        if self._plain:
            return Lines(self._board, self._language)
        return Picture(self._board, self._language, Console())

    def _play(
        self, show: Show, feed: Feed, outputs: Outputs, parts: list[Child], seconds: float | None, bootstrap: str
    ) -> None:
        """Until the end: send what is due, take what came, show it."""
        heard = time.monotonic()
        deadline: float | None = None
        told = False
        while deadline is None or time.monotonic() < deadline:
            for part in parts:
                part.check()
            if not told and self._page is not None and self._page.answers():
                told = True
                show.addresses(self._page.address, bootstrap)
                if self._opens:
                    open_browser(self._page.address)
            feed.tick()
            for topic, body in outputs.poll(_POLL_MS):
                heard = time.monotonic()
                decision = self._board.take(topic, body)
                if decision is not None:
                    show.decided(decision)
            if not feed.live and self._is_past_folded(feed, time.monotonic() - heard):
                feed.begin()
            if deadline is None and seconds is not None and (self._board.blocks or feed.live):
                deadline = time.monotonic() + seconds
            if self._board.instant is None and time.monotonic() - heard > _WORKER_SECONDS_MAX:
                raise Ended(f"the worker has decided nothing in {_WORKER_SECONDS_MAX:.0f} s: {parts[0].last_words()}")
            show.refresh(self._frame(feed, bootstrap))

    def _is_past_folded(self, feed: Feed, quiet_seconds: float) -> bool:
        """Whether the worker has decided up to the end of the past, or says nothing more: few clients, few news."""
        decided = self._board.instant
        if decided is None:
            return False
        return feed.is_caught_up(int(decided.timestamp() * 1000)) or quiet_seconds > _QUIET_SECONDS

    def _frame(self, feed: Feed, bootstrap: str) -> Frame:
        now, rate = self._now(feed), feed.events_per_second()
        note = "" if feed.live else word("past" if self._board.instant else "starting_worker", self._language)
        return Frame(now, feed.sent, rate, self._speed, bootstrap, note)

    def _now(self, feed: Feed) -> datetime:
        """The simulated present; while the past is being folded, how far that is."""
        if feed.live:
            return _moscow(feed.now_ms)
        return self._board.instant or _moscow(midnight_ms(FIRST_DAY))


def _moscow(instant_ms: int) -> datetime:
    return datetime.fromtimestamp(instant_ms / 1000, _MOSCOW)


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """The signals that end a process are Ctrl-C here: nothing the demo started may outlive it."""
    before: dict[signal.Signals, Any] = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(number := signal.Signals[name]) is not signal.SIG_IGN:
            before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
