"""What the packages bring along, wherever they are installed: a release is tested on its wheel, without the sources."""

from importlib.resources import files
from pathlib import Path
from typing import Final

SAMPLES: Final = Path(str(files("streams.cli"))) / "samples"
"""Files of other programs, made up."""
POLICY: Final = Path(str(files("schemas"))) / "policy.default.yaml"
"""The policy that holds where nothing else is said."""
