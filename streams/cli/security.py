"""How commands and workers prove to the broker who they are: STOPLIST_SECURITY_PROTOCOL and its fellows, checked."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.security import Mechanism, Protocol, Security
from schemas.wording import in_words
from streams.cli.failure import Failure
from streams.cli.options import BOOTSTRAP_DEFAULT

PREFIX: Final = "STOPLIST_"
_PASSWORD_BYTES_MAX: Final = 4096


class ConnectionSettings(BaseSettings):
    """Of every command that talks to Kafka: where the brokers are and who we are to them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", use_attribute_docstrings=True, frozen=True)

    bootstrap: str = BOOTSTRAP_DEFAULT
    """Kafka brokers, `HOST:PORT` separated by commas."""
    security_protocol: Protocol = "PLAINTEXT"
    """How the brokers are talked to; `SASL_SSL`: encrypted, with name and password. Every command uses it."""
    sasl_mechanism: Mechanism = "SCRAM-SHA-512"
    """How name and password are proven."""
    sasl_username: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Name at the brokers; what it may do is up to their access lists (deploy.md)."""
    sasl_password_file: Path | None = None
    """File that holds the password, alone; one line end after it is not part of it. Read at start."""
    ssl_ca_file: Path | None = None
    """Certificates (PEM) that vouch for the brokers; without it those that the system trusts."""

    def security(self) -> Security:
        """The same for the clients; raises Failure naming the variable and the remedy."""
        protocol = self.security_protocol
        password = None
        if protocol.startswith("SASL"):
            if self.sasl_username is None:
                raise Failure(f"STOPLIST_SECURITY_PROTOCOL is {protocol}: set STOPLIST_SASL_USERNAME as well")
            if self.sasl_password_file is None:
                raise Failure(f"STOPLIST_SECURITY_PROTOCOL is {protocol}: set STOPLIST_SASL_PASSWORD_FILE as well")
            password = _password(self.sasl_password_file)
        elif self.sasl_username is not None:
            raise Failure(
                f"STOPLIST_SASL_USERNAME is set, but STOPLIST_SECURITY_PROTOCOL is {protocol} and would not use it; "
                "set STOPLIST_SECURITY_PROTOCOL=SASL_SSL"
            )
        security = Security(
            protocol=protocol,
            mechanism=self.sasl_mechanism,
            username=self.sasl_username,
            password=password,
            ca_file=self.ssl_ca_file,
        )
        try:
            security.client_settings()
        except OSError as error:  # an SSLError is one
            reason = error.strerror or str(error)
            raise Failure(
                f"STOPLIST_SSL_CA_FILE: {self.ssl_ca_file} cannot be used ({reason}); name certificates in PEM form"
            ) from None
        return security


def _password(path: Path) -> str:
    try:
        with path.open("rb") as file:
            written = file.read(_PASSWORD_BYTES_MAX + 1)
        password = written.decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise Failure(f"STOPLIST_SASL_PASSWORD_FILE: {path} cannot be read ({error.strerror}); name another") from None
    except UnicodeDecodeError:
        raise Failure(f"STOPLIST_SASL_PASSWORD_FILE: {path} is no text; write the password into it, in UTF-8") from None
    if not password or len(written) > _PASSWORD_BYTES_MAX:
        raise Failure(f"STOPLIST_SASL_PASSWORD_FILE: {path} holds no password; write it there, alone, on one line")
    return password


def connection_security() -> Security:
    """Of the environment; raises Failure naming the variable and the remedy."""
    try:
        settings = ConnectionSettings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{PREFIX}{str(first['loc'][0]).upper()}"
        raise Failure(f"{name} is {first['input']!r}: it {in_words(first, {})}; see docs/settings.md") from None
    return settings.security()


@cache
def client_settings() -> dict[str, Any]:
    """Arguments of every Kafka client a command opens, read once; raises Failure."""
    return connection_security().client_settings()
