"""`python -m streams.cli.deployment` writes the generated files of `deploy/`; a test fails when they are stale."""

import sys
from pathlib import Path

from streams.cli.deployment.files import files

if __name__ == "__main__":
    for name, text in files().items():
        path = Path("deploy") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        sys.stdout.write(f"{path}\n")
