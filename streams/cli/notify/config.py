"""The file that says who is told what: endpoints, topics, filters, and where their secrets are."""

import base64
import binascii
import ipaddress
import os
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.wording import in_words
from streams.cli.failure import Failure

SECRET_BYTES_MIN: Final = 16
_PREFIX: Final = "whsec_"
Name = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]


class Part(BaseModel):
    """Strict; what is misspelt is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class EndpointConfig(Part):
    """One receiver."""

    url: Annotated[str, Field(max_length=2_000)]
    """https; http only on this machine."""
    secret_env: str = ""
    """Environment variable with the secret: whsec_ and base64, or any text of at least 16 bytes."""
    secret_file: Path | None = None
    """File with the secret, in place of secret_env."""
    topics: Annotated[
        list[Literal["shipment-blocks", "category-changes", "shipment-decisions", "shipment-alerts"]],
        Field(min_length=1),
    ] = ["shipment-blocks"]
    types: list[str] = []
    """Only these event types; empty: all."""
    dimensions: list[str] = []
    """Of category.changed only these dimensions; empty: all."""
    private: bool = False
    """Addresses of private networks may be called."""
    attempts_max: Annotated[int, Field(ge=1, le=50)] = 8
    """Attempts for one event before the endpoint is parked."""
    backoff_seconds: Annotated[float, Field(gt=0, le=600)] = 1.0
    """Before the second attempt; doubled for each further one, with jitter."""
    backoff_seconds_max: Annotated[float, Field(gt=0, le=3_600)] = 60.0
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 10.0
    parallel: Annotated[int, Field(ge=1, le=64)] = 8
    """Clients told at the same time; of one client the next event waits for the one before."""

    @model_validator(mode="after")
    def _safe(self) -> Self:
        parts = urlsplit(self.url)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError("url: write one like https://wms.example.com/hooks/stoplist")
        if parts.username or parts.password:
            raise ValueError("url: leave the password out; the signature says who calls")
        if parts.scheme == "http" and not self.is_loopback:
            raise ValueError("url: http is for this machine alone; use https")
        if bool(self.secret_env) == (self.secret_file is not None):
            raise ValueError("secret_env: name the variable with the secret, or secret_file")
        return self

    @property
    def host(self) -> str:
        """Whom the URL names; the rest of it may be secret and is never logged."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_loopback(self) -> bool:
        """Whether the URL names this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def secret(self, name: str) -> bytes:
        """The secret's bytes; raises Failure that never shows them."""
        where = f"the file of endpoint {name}" if self.secret_file else f"variable {self.secret_env}"
        try:
            text = self.secret_file.read_text().strip() if self.secret_file else os.environ.get(self.secret_env, "")
        except (OSError, UnicodeDecodeError):
            raise Failure(f"{where} with its secret cannot be read; make it readable") from None
        try:
            secret = (
                base64.b64decode(text[len(_PREFIX) :], validate=True) if text.startswith(_PREFIX) else text.encode()
            )
        except binascii.Error:
            raise Failure(f"{where} begins with {_PREFIX} and is no base64 after it; write the secret again") from None
        if len(secret) < SECRET_BYTES_MIN:
            raise Failure(f"{where} has no secret of at least {SECRET_BYTES_MIN} bytes; set it")
        return secret


class NotifyConfig(Part):
    """The whole file."""

    state: Path = Path("notify.sqlite")
    """What parked endpoints are still to be told; relative to the file."""
    group: Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,100}$")] = "stoplist-notify"
    """Kafka's consumer group, which remembers how far everybody was told."""
    from_beginning: bool = False
    """At the very first start: also what was published before."""
    endpoints: Annotated[dict[Name, EndpointConfig], Field(min_length=1)]


def read_config(path: Path) -> NotifyConfig:
    """The configuration of a file; raises Failure naming the field and the remedy."""
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror}); name a file with --config") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Failure(f"{path}: is no YAML ({' '.join(str(error).split())}); docs/integrate.md shows one") from None
    if not isinstance(found, dict):
        raise Failure(f"{path}: names no endpoints; docs/integrate.md shows how")
    try:
        config = NotifyConfig.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Failure(f"{path}: {field}: {in_words(first).removeprefix('Value error, ')}") from None
    return config.model_copy(update={"state": path.parent / config.state})
