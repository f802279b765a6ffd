"""`stoplist serve`: answers people and programs over HTTP, until it is told to stop."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from streams.cli.event_loop import run_in_loop
from streams.cli.failure import Failure
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, load_policy
from streams.cli.reaching import addresses
from streams.cli.redis_address import REDIS_DEFAULT, RedisAddress, redis_at
from streams.cli.saying import PolicyUsed
from streams.cli.security import connection_security
from streams.cli.tokens import TOKENS_DEFAULT
from streams.cli.view_logs import log_to_stderr


def serve(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    redis: RedisAddress = REDIS_DEFAULT,
    host: Annotated[
        str, typer.Option(help="Address to listen at; other machines reach only one of theirs.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen at.")] = 8650,
    socket: Annotated[
        int | None,
        typer.Option(
            metavar="FD", min=3, help="A socket that listens already, inherited as this descriptor.", hidden=True
        ),
    ] = None,
    tokens: Annotated[
        Path, typer.Option(envvar="STOPLIST_TOKENS", metavar="FILE", help="Who may call (stoplist tokens add).")
    ] = TOKENS_DEFAULT,
    key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The server's own signing key (stoplist keys new), listed in the policy."),
    ] = None,
    policy: PolicyUsed = None,
    silence: Annotated[
        int, typer.Option(metavar="SECONDS", min=1, max=86_400, help="A worker silent for longer: unknown.")
    ] = 60,
    rate_max: Annotated[int, typer.Option(min=1, max=1_000_000, help="Calls a second of one token.")] = 2_000,
    https: Annotated[bool, typer.Option("--https", help="People come by https, through a proxy.")] = False,
    simulated_time: Annotated[
        bool, typer.Option("--simulated-time", help="Time comes from the records; for topics made with this flag.")
    ] = False,
) -> None:
    """Serves «may I ship», lists, histories, people's decisions and the live page, from what stoplist project keeps.

    People's decisions (overrides, limits) need --key, or come signed. Ends with Ctrl-C or SIGTERM.

    \b
    Examples:
      stoplist tokens add petrova --role manager
      stoplist serve
      stoplist serve --key server.key --host 10.0.0.5 --https
    """
    from streams.cli import signing_key
    from streams.cli.timeline import timeline_of
    from streams.views.serving.app import build
    from streams.views.serving.settings import ServerSettings, SigningKey
    from streams.views.serving.tokens import TokenFileError

    log_to_stderr()
    own = None if key is None else signing_key.read(key)
    settings = ServerSettings(
        addresses(bootstrap),
        tokens,
        load_policy(policy),
        None if own is None else SigningKey(own.key_id, own.roles, own.private_key),
        silence_ms_max=silence * 1000,
        simulated_time=simulated_time,
        timeline=timeline_of,
        https=https,
        rate_per_second_max=rate_max,
        security=connection_security(),
    )

    async def run() -> None:
        client = await redis_at(redis)
        try:
            await _serve(build(client, settings), host, port, socket)
        except TokenFileError as error:
            raise Failure(str(error)) from None
        finally:
            await client.aclose()

    run_in_loop(run())


async def _serve(application: Any, host: str, port: int, descriptor: int | None) -> None:
    import socket

    import uvicorn

    config = uvicorn.Config(
        application,
        host,
        port,
        http="httptools",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # addresses are counted: nobody may claim another one
        timeout_graceful_shutdown=3,
    )

    class Server(uvicorn.Server):
        """Ends with exit code 0 when it is told to end; uvicorn's own would send itself the signal again."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, self.handle_exit, number, None)
            yield

    server = Server(config)
    try:
        sockets = [config.bind_socket() if descriptor is None else socket.socket(fileno=descriptor)]
    except OSError:
        raise Failure(f"--socket: {descriptor} is no socket; leave it out") from None
    except SystemExit:
        raise Failure(f"{host}:{port} cannot be listened at; choose another --port") from None
    typer.echo(f"stoplist: serving at http://{host}:{port}", err=True)
    await server.serve(sockets)
