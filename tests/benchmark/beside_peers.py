"""Measures our engine beside other stream processors on the small job, by their own driver.

    python -m tests.benchmark.beside_peers PEERS_FOLDER [arguments of its run script]

The folder is copied and our worker added to the copy's list; the original is not touched. Name peers with `--only`.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NAME = "stoplist engine"
_LIST = "PEERS = {\n"


def copied(source: Path, scratch: Path) -> Path:
    """A copy of the comparison with our engine in its list."""
    folder = scratch / "peers"
    shutil.copytree(source, folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)
    driver = folder / "bench.py"
    text = driver.read_text()
    if text.count(_LIST) != 1:
        raise SystemExit(f"{source} lists its peers in another way than this expects; add ours by hand")
    command = [sys.executable, str(Path(__file__).with_name("peer.py"))]
    driver.write_text(text.replace(_LIST, f"{_LIST}    {NAME!r}: ({command!r}, {{}}),\n"))
    return folder


def main() -> int:
    """The exit code of the comparison's run script."""
    if len(sys.argv) < 2 or not (Path(sys.argv[1]) / "bench.py").is_file():
        print("usage: python -m tests.benchmark.beside_peers PEERS_FOLDER [--only NAME,…]", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="stoplist-peers-") as scratch:
        folder = copied(Path(sys.argv[1]), Path(scratch))
        return subprocess.run([folder / "run", *sys.argv[2:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
