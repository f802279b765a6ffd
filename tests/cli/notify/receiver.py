"""A receiver of webhooks on a free port: keeps what it took, and answers what a test tells it to."""

import base64
import hashlib
import hmac
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


def is_from_stoplist(secret: bytes, headers: dict[str, str], body: bytes) -> bool:
    """As docs/integrate.md tells receivers to check."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    own = "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(own, headers["webhook-signature"])


class Receiver:
    """`with Receiver(secret) as receiver:`; set `status` to what it shall answer."""

    def __init__(self, secret: bytes) -> None:
        self.status = 204
        self.refused = 0
        self.forged = 0
        self.taken: list[tuple[str, bytes]] = []
        """Id and body of each event that was taken, in order."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    return  # its sender was killed meanwhile
                headers = {name.lower(): text for name, text in self.headers.items()}
                if not is_from_stoplist(secret, headers, body):
                    receiver.forged += 1
                elif receiver.status == 204:
                    receiver.taken.append((headers["webhook-id"], body))
                else:
                    receiver.refused += 1
                self.send_response(receiver.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """A test's output is its own."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?token=keep-out-of-logs"

    def ids(self) -> list[str]:
        """Ids of what was taken, in order."""
        return [event_id for event_id, _ in self.taken]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
