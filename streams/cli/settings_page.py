"""`docs/settings.md`, made from the settings: `python -m streams.cli.settings_page > docs/settings.md`.

A test fails when the page is stale.
"""

import sys
from typing import Final

from streams.cli.security import PREFIX
from streams.cli.settings import WorkerSettings

_FLAGS: Final = {
    "bootstrap": "--bootstrap",
    "policy": "--policy",
    "fold": "--fold",
    "simulated_time": "--simulated-time",
    "accept_loss": "--accept-loss",
    "accept_new_rules": "--accept-new-rules",
}


def settings_page() -> str:
    """`docs/settings.md`."""
    rows = []
    for name, field in WorkerSettings.model_fields.items():
        default = field.default
        if name == "data_directory":
            default = "`stoplist-faust` in the temporary directory"
        elif default is None or default is False or default is True:
            default = {None: "–", False: "`false`", True: "`true`"}[default]
        else:
            default = f"`{default}`"
        flag = f" Flag: `{_FLAGS[name]}`." if name in _FLAGS else ""
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {' '.join((field.description or '').split())}{flag} |")
    return _PAGE.format(rows="\n".join(rows))


_PAGE: Final = """\
# Settings of a worker

`stoplist worker` reads its settings from environment variables. Every one has a default that fits a first
installation; a value that cannot work is refused at start in one sentence that names the variable. A flag wins over its
variable. What the *rules* use (days, amounts, groups) is not here but in the policy: `stoplist policy show`.

The other commands use `STOPLIST_BOOTSTRAP`, `STOPLIST_SECURITY_PROTOCOL`, `STOPLIST_SASL_…` and `STOPLIST_SSL_CA_FILE`
as well. `_MS` is milliseconds, `_BYTES` bytes.

| variable | default | what it does |
|---|---|---|
{rows}

Colours are written to terminals only, and not when `NO_COLOR` is set.
"""

if __name__ == "__main__":
    sys.stdout.write(settings_page())
