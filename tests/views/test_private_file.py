"""Files with secrets: the owner's alone, or root's and handed to our group."""

from pathlib import Path

import pytest

from streams.views.private_file import is_read_by_others, others_may_read

_US = 10001


@pytest.mark.parametrize(
    ("mode", "owner", "others"),
    [
        (0o600, _US, False),
        (0o400, _US, False),
        (0o640, _US, True),
        (0o604, _US, True),
        (0o440, 0, False),  # a secret that Kubernetes mounts, with fsGroup
        (0o640, 0, False),
        (0o460, 0, True),  # whoever may write it may let anybody in
        (0o444, 0, True),
        (0o440, 1000, True),  # somebody else's, and that is no mount
    ],
)
def test_who_may_read_it(mode: int, owner: int, others: bool) -> None:
    assert is_read_by_others(0o100000 | mode, owner, _US) is others


def test_to_root_its_own_file_is_no_mount() -> None:
    assert is_read_by_others(0o440, 0, 0)


def test_a_file_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("x")
    file.chmod(0o600)
    assert not others_may_read(file.stat())
    file.chmod(0o640)
    assert others_may_read(file.stat())
