"""Which encoding a text file has, found by reading it once: a byte order mark, UTF-8 as a whole, else a code page."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from streams.cli.failure import Failure

FILE_BYTES_MAX: Final = 4 << 30
_CHUNK_BYTES: Final = 1 << 20
_HEAD_BYTES: Final = 4096
_DOS: Final = "Кодировка=DOS".encode("cp866")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(path: Path) -> str:
    """`utf-8-sig`, `utf-16`, `utf-8`, `cp866` (a 1C file that says DOS) or `cp1251`; raises Failure when unreadable."""
    try:
        size = path.stat().st_size
        if size > FILE_BYTES_MAX:
            raise Failure(f"{path}: is over {FILE_BYTES_MAX >> 30} GiB; split it by days")
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
            for mark, name in _MARKS:
                if head.startswith(mark):
                    return name
            if _DOS in head:
                return "cp866"
            return "utf-8" if _is_utf8(head, stream) else "cp1251"
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror}); name a file") from None


def _is_utf8(head: bytes, stream: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
        while chunk := stream.read(_CHUNK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def text_of(path: Path, encoding: str = "") -> Iterator[IO[str]]:
    """The file's lines; a byte that the encoding lacks becomes U+FFFD, which readers look for where it matters."""
    try:
        with path.open(encoding=encoding or encoding_of(path), errors="replace", newline="") as lines:
            yield lines
    except UnicodeError as error:  # UTF-16 without its mark
        raise Failure(f"{path}: is not {encoding} ({error}); correct the encoding, or save the file again") from None
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror}); name a file") from None
