"""What the calls share."""

from typing import NamedTuple

from starlette.requests import Request

from schemas.keys import read_key
from schemas.records import Rejected
from streams.views.client import RedisClient
from streams.views.serving.events import Events
from streams.views.serving.login import Logins, Who
from streams.views.serving.model import Model
from streams.views.serving.present import Present
from streams.views.serving.problems import Problem
from streams.views.serving.sending import Sender
from streams.views.serving.settings import ServerSettings


class Context(NamedTuple):
    """One server's parts."""

    redis: RedisClient
    settings: ServerSettings
    present: Present
    model: Model
    logins: Logins
    events: Events
    sender: Sender


def who_of(request: Request) -> Who:
    """Who calls; the guard has found it out."""
    who: Who = request.state.who
    return who


def checked_id(client_id: str) -> str:
    """A client's id; raises Problem for what cannot be one."""
    found = read_key(client_id.encode())
    if isinstance(found, Rejected):
        raise Problem("invalid-request", "client_id: must be 1 to 64 printable characters.", [("client_id", "is none")])
    return found
