"""How a client proves to the broker who it is, and the broker to the client: TLS and SASL, for every client we open."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """What a connection needs beside the address. The password is never shown."""

    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    """Certificates, PEM, of who may vouch for the broker; None: those the system trusts."""

    @property
    def encrypted(self) -> bool:
        """Whether the connection is TLS."""
        return self.protocol in ("SSL", "SASL_SSL")

    def client_settings(self) -> dict[str, Any]:
        """Arguments of an aiokafka or kafka-python client: both name them alike. Raises OSError for the CA file."""
        if self.protocol == "PLAINTEXT":
            return {}
        settings: dict[str, Any] = {"security_protocol": self.protocol}
        if self.encrypted:
            settings["ssl_context"] = self._context()
        if self.protocol.startswith("SASL"):
            settings |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return settings

    def faust_credentials(self) -> Any:
        """The same for Faust's own clients; None without security. Raises OSError for the CA file."""
        if self.protocol == "PLAINTEXT":
            return None
        import faust  # takes its time, and commands that only read need none of it

        context = self._context() if self.encrypted else None
        if self.protocol == "SSL":
            return faust.SSLCredentials(context)
        return faust.SASLCredentials(
            username=self.username, password=self.password, ssl_context=context, mechanism=self.mechanism
        )

    def _context(self) -> ssl.SSLContext:
        """Checks the broker's certificate and its name."""
        return ssl.create_default_context(cafile=None if self.ca_file is None else str(self.ca_file))
