"""A person's signing key: a file that only its owner may read, and the policy's line that lists its public half."""

import base64
import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from schemas.canonical import canonical_json
from schemas.signatures import public_key_of
from streams.cli.failure import Failure
from streams.views.private_file import others_may_read

_SECRET: Final = "# Whoever reads this file decides in its holder's name: keep it secret, never send it."
_BEGIN: Final = b"-----BEGIN PRIVATE KEY-----"
_FIELD: Final = re.compile(r"^(key_id|holder|roles): (.*)$", re.MULTILINE)


class SigningKey(NamedTuple):
    """A key with what the policy is to say of it."""

    key_id: str
    holder: str
    roles: tuple[str, ...]
    private_key: bytes

    def __repr__(self) -> str:
        """Never the private half: a key may end up in a traceback."""
        return f"SigningKey({self.key_id!r}, {self.holder!r}, {self.roles!r})"


def new(key_id: str, holder: str, roles: tuple[str, ...]) -> SigningKey:
    """A new key pair from the system's own randomness."""
    return SigningKey(key_id, holder, roles, Ed25519PrivateKey.generate().private_bytes_raw())


def policy_line(key: SigningKey) -> str:
    """The entry under `keys` of a policy."""
    key_id, public, holder = (canonical_json(text).decode() for text in (key.key_id, public_key(key), key.holder))
    return f"  - {{key_id: {key_id}, public_key: {public}, holder: {holder}, roles: [{', '.join(key.roles)}]}}"


def public_key(key: SigningKey) -> str:
    """The public half, base64."""
    return public_key_of(key.private_key)


def write_new(file: Path, key: SigningKey) -> None:
    """Writes the key for its owner's eyes only (mode 0600); raises Failure when the file is there already."""
    private = Ed25519PrivateKey.from_private_bytes(key.private_key)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    said = f"{_SECRET}\nkey_id: {key.key_id}\nholder: {key.holder}\nroles: {', '.join(key.roles)}\n{pem}"
    try:
        # 0600 from its first moment, and never over a key that is there
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(said)
    except FileExistsError:
        raise Failure(f"{file}: is there already; name another file, a key is never overwritten") from None
    except OSError as error:
        raise Failure(f"{file}: cannot be written ({error.strerror}); name another file") from None


def read(file: Path) -> SigningKey:
    """The key of a file made by `write_new`; raises Failure when it is none or when others may read it."""
    try:
        status, content = file.stat(), file.read_bytes()
    except OSError as error:
        raise Failure(f"{file}: cannot be read ({error.strerror}); name the file that stoplist keys new made") from None
    if others_may_read(status):
        raise Failure(f"{file}: others may read it; say chmod 600 {file}, and make a new key if they could have")
    fields = dict(_FIELD.findall(content.partition(_BEGIN)[0].decode("utf-8", "replace")))
    try:
        private = load_pem_private_key(_BEGIN + content.partition(_BEGIN)[2], password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, Ed25519PrivateKey) or fields.keys() != {"key_id", "holder", "roles"}:
        raise Failure(f"{file}: holds no signing key; name the file that stoplist keys new made")
    roles = tuple(fields["roles"].split(", "))
    return SigningKey(fields["key_id"], fields["holder"], roles, private.private_bytes_raw())


def fingerprint(public: str) -> str:
    """The first bytes of a public key in hex, to compare by telephone."""
    return base64.b64decode(public)[:8].hex(" ", 2)
