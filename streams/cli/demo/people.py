"""The people's side of the demo: the read model, the server with the page, and a link that logs in once."""

import secrets
import sys
import webbrowser
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final, NamedTuple

import redis

from streams.cli import signing_key
from streams.cli.demo.children import LOOPBACK, Child, listening
from streams.cli.demo.stage import Embedded, child_environment
from streams.views import names
from streams.views.serving import tokens
from streams.views.serving.roles import MAY

PORT_USUAL: Final = 8650
_ANSWER_SECONDS: Final = 0.2
_LINK_SECONDS: Final = 24 * 3600
_NAME: Final = "demo"
_POLICY: Final = """\
version: 1
requests:
  required: false  # this wholesaler ships without asking, so that a dispatch without an approval is no alert
keys:
{key}
"""


class Papers(NamedTuple):
    """Files that the demo's processes need."""

    policy: Path
    """The default policy with the server's key, so that what people decide on the page counts."""
    key: Path
    tokens: Path
    token_sha256: str


def write_papers(home: Path) -> Papers:
    """Writes them, with a key and a token that nobody but the demo ever knew."""
    key = signing_key.new("demo-server", "the demo's server", ("manager", "director"))
    papers = Papers(home / "policy.yaml", home / "server.key", home / "tokens.json", "")
    papers.policy.write_text(_POLICY.format(key=signing_key.policy_line(key)), encoding="utf-8")
    signing_key.write_new(papers.key, key)
    _, token = tokens.new(_NAME, tuple(MAY), days=1)  # all roles: on the page one chooses whose day it is
    tokens.write(papers.tokens, [token])
    return papers._replace(token_sha256=token.sha256)


def projector(home: Path, embedded: Embedded) -> Child:
    """`stoplist project`, the read model of the embedded Redis."""
    command = [sys.executable, "-m", "streams.cli", "project"]
    command += ["--bootstrap", embedded.bootstrap, "--redis", embedded.redis_url]
    return Child("projector", command, home / "projector.log", child_environment(), stop_seconds=5)


class Page(NamedTuple):
    """The server, and where its page is."""

    process: Child
    port: int
    address: str
    """With a secret that logs in the first who opens it."""

    def answers(self) -> bool:
        """Whether it can be opened: its port takes connections from the first moment, before anybody serves them."""
        connection = HTTPConnection(LOOPBACK, self.port, timeout=_ANSWER_SECONDS)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def page(home: Path, embedded: Embedded, papers: Papers) -> Page:
    """`stoplist serve` on the usual port, or on another one when that is taken."""
    with listening(PORT_USUAL) as opened:
        port = int(opened.getsockname()[1])
        process = _server(home, embedded, papers, opened.fileno(), port)
    secret = secrets.token_urlsafe(24)
    with redis.Redis.from_url(embedded.redis_url) as client:
        client.set(names.LOGIN_ONCE + tokens.sha256(secret), papers.token_sha256, ex=_LINK_SECONDS)
    return Page(process, port, f"http://{LOOPBACK}:{port}/#login={secret}")


def _server(home: Path, embedded: Embedded, papers: Papers, descriptor: int, port: int) -> Child:
    command = [sys.executable, "-m", "streams.cli", "serve", "--simulated-time", "--port", str(port)]
    command += ["--socket", str(descriptor)]
    command += ["--bootstrap", embedded.bootstrap, "--redis", embedded.redis_url]
    command += ["--tokens", str(papers.tokens), "--key", str(papers.key), "--policy", str(papers.policy)]
    return Child("server", command, home / "server.log", child_environment(), stop_seconds=5, descriptors=[descriptor])


def open_browser(address: str) -> bool:
    """Opens the page where there is a browser with a window; a browser in the terminal would take the demo's own."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if isinstance(browser, webbrowser.GenericBrowser) and not isinstance(browser, webbrowser.BackgroundBrowser):
        return False
    return browser.open(address)
