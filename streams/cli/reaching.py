"""Whether a broker answers where one is said to be, and what to say when none does; no client is loaded for it."""

import re
import socket
import ssl
from typing import Final

from streams.cli.failure import Failure
from streams.cli.options import BOOTSTRAP_DEFAULT
from streams.cli.security import PREFIX

BOOTSTRAP_TIMEOUT_MS: Final = 5_000
_ADDRESS: Final = re.compile(r"(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")


def addresses(bootstrap: str) -> list[str]:
    """The brokers named by `HOST:PORT,…`; raises Failure when one is no address."""
    found = [part.strip() for part in bootstrap.split(",")]
    for part in found:
        match = _ADDRESS.fullmatch(part)
        if match is None or not 0 < int(match[2]) < 65_536:
            raise Failure(f"--bootstrap: {part!r} is no broker address; write HOST:PORT, like {BOOTSTRAP_DEFAULT}")
    return found


def somebody_answers(bootstrap: str, context: ssl.SSLContext | None) -> None:
    """Raises Failure when nobody listens at any of the addresses, or, with TLS, does not prove to be who is meant."""
    if not any(_answers(server, context) for server in addresses(bootstrap)):
        raise _nobody(bootstrap)


def not_let_in(bootstrap: str, user: str | None) -> Failure:
    """Something listens, and yet there is no connection."""
    if user is None:
        return _nobody(bootstrap)
    return Failure(
        f"the broker at {bootstrap} does not let {user} in; correct {PREFIX}SASL_USERNAME or the password in "
        f"{PREFIX}SASL_PASSWORD_FILE, or the protocol in {PREFIX}SECURITY_PROTOCOL"
    )


def _nobody(bootstrap: str) -> Failure:
    return Failure(f"no Kafka broker answers at {bootstrap}; start it, or name another with --bootstrap")


def _answers(server: str, context: ssl.SSLContext | None) -> bool:
    """Whether somebody listens there, and, with TLS, proves to be who is meant; raises Failure when not."""
    host, _, port = server.rpartition(":")
    host = host.strip("[]")
    try:
        with socket.create_connection((host, int(port)), timeout=BOOTSTRAP_TIMEOUT_MS / 1000) as connection:
            if context is not None:
                context.wrap_socket(connection, server_hostname=host).close()
    except ssl.SSLCertVerificationError as error:
        raise Failure(
            f"the broker at {server} cannot prove who it is ({error.verify_message}); name who vouches for it with "
            f"{PREFIX}SSL_CA_FILE"
        ) from None
    except ssl.SSLError as error:
        raise Failure(
            f"the broker at {server} speaks no TLS ({error.reason}); correct {PREFIX}SECURITY_PROTOCOL or the port"
        ) from None
    except OSError:
        return False
    return True
