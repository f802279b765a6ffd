"""Who we are to the brokers, from the environment: what is missing or unusable is named, and no password is shown."""

import os
from pathlib import Path

import pytest

from schemas.security import Security
from streams.cli.failure import Failure
from streams.cli.security import connection_security
from tests.security.certificates import make_certificates


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_bytes(b"s3cret words \r\n")
    monkeypatch.setenv("STOPLIST_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("STOPLIST_SASL_USERNAME", "warehouse")
    monkeypatch.setenv("STOPLIST_SASL_PASSWORD_FILE", str(password))
    monkeypatch.delenv("STOPLIST_SSL_CA_FILE", raising=False)


def test_one_line_end_is_no_part_of_the_password() -> None:
    assert connection_security().password == "s3cret words "


def test_the_broker_must_prove_its_name() -> None:
    context = connection_security().client_settings()["ssl_context"]
    assert context.check_hostname


def test_certificates_are_read_once_until_they_change(tmp_path: Path) -> None:
    file = make_certificates(tmp_path).authority
    security = Security(protocol="SSL", ca_file=file)
    first = security.client_settings()["ssl_context"]
    assert security.client_settings()["ssl_context"] is first
    os.utime(file, ns=(0, 0))
    assert security.client_settings()["ssl_context"] is not first


def test_a_password_is_never_shown() -> None:
    assert "s3cret" not in repr(connection_security())


def test_without_any_variable_connections_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECURITY_PROTOCOL", "SASL_USERNAME", "SASL_PASSWORD_FILE"):
        monkeypatch.delenv(f"STOPLIST_{name}")
    assert connection_security().client_settings() == {}


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("STOPLIST_SECURITY_PROTOCOL", "TLS", "STOPLIST_SECURITY_PROTOCOL is 'TLS'"),
        ("STOPLIST_SECURITY_PROTOCOL", "SSL", "set STOPLIST_SECURITY_PROTOCOL=SASL_SSL"),  # the name would be ignored
        ("STOPLIST_SASL_MECHANISM", "GSSAPI", "STOPLIST_SASL_MECHANISM is 'GSSAPI'"),
        ("STOPLIST_SASL_USERNAME", None, "set STOPLIST_SASL_USERNAME"),
        ("STOPLIST_SASL_PASSWORD_FILE", None, "set STOPLIST_SASL_PASSWORD_FILE"),
        ("STOPLIST_SASL_PASSWORD_FILE", "nowhere", "cannot be read"),
        ("STOPLIST_SASL_PASSWORD_FILE", "/dev/null", "holds no password"),
        ("STOPLIST_SSL_CA_FILE", "nowhere.pem", "STOPLIST_SSL_CA_FILE"),
        ("STOPLIST_SSL_CA_FILE", __file__, "name certificates in PEM form"),
    ],
)
def test_what_cannot_work_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str | None, said: str
) -> None:
    if value is None:
        monkeypatch.delenv(variable)
    else:
        monkeypatch.setenv(variable, value)
    with pytest.raises(Failure, match=said):
        connection_security()
