"""How a client proves to the broker who it is, and the broker to the client: TLS and SASL, for every client we open."""

import ssl
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@cache
def _trusting(ca_file: Path | None, changed_ns: int | None) -> ssl.SSLContext:
    """Shared by all clients of a process: reading the system's certificates takes 20 ms, and a worker opens a client
    for each partition that it takes. A file that has changed is read again."""
    return ssl.create_default_context(cafile=ca_file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """What a connection needs beside the address. The password is never shown."""

    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    """Certificates, PEM, of who may vouch for the broker; None: those the system trusts."""

    def client_settings(self) -> dict[str, Any]:
        """Arguments of an aiokafka or kafka-python client: both name them alike. Raises OSError for the CA file."""
        if self.protocol == "PLAINTEXT":
            return {}
        settings: dict[str, Any] = {"security_protocol": self.protocol}
        if self.protocol in ("SSL", "SASL_SSL"):  # the broker's certificate is checked, and its name
            changed_ns = None if self.ca_file is None else self.ca_file.stat().st_mtime_ns
            settings["ssl_context"] = _trusting(self.ca_file, changed_ns)
        if self.protocol.startswith("SASL"):
            settings |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return settings
