"""Who may call and as what; sessions cannot be misused from other pages; limits; what every answer carries."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from streams.views.serving import tokens
from streams.views.serving.limits import Rate
from streams.views.serving.roles import MAY
from tests.harness.components import RedisAddress
from tests.harness.waiting import wait_until
from tests.views.outputs import status
from tests.views.site import Site

pytestmark = pytest.mark.redis
READS = (
    "/v1/clients",
    "/v1/clients/a",
    "/v1/clients/a/may-ship?amount=1",
    "/v1/clients/a/history",
    "/v1/clients/a/shipments/s",
    "/v1/blocked",
    "/v1/blocked.csv",
    "/v1/blocked.html",
    "/v1/summary",
    "/v1/session",
    "/v1/events",
    "/metrics",
)
CANCELLED = {"client_id": "a", "shipment_id": "s"}
OVERRIDE = {"type": "override.granted", "client_id": "a", "expires_at": "2099-01-01T00:00:00Z", "reason": "why"}


def refused(answer: httpx.Response, status_code: int, kind: str) -> dict[str, Any]:
    """A problem document of this kind."""
    assert (answer.status_code, answer.headers["content-type"]) == (status_code, "application/problem+json")
    problem: dict[str, Any] = answer.json()
    assert problem["type"] == f"urn:stoplist:problem:{kind}"
    assert problem["status"] == status_code
    assert problem["title"]
    return problem


def say(client: httpx.Client, path: str, body: dict[str, Any], key: str = "k", **headers: str) -> httpx.Response:
    """POST it."""
    return client.post(path, json=body, headers={"Idempotency-Key": key, **headers})


@pytest.mark.parametrize("path", READS)
def test_nobody_reads_without_a_token_that_counts(site: Site, path: str) -> None:
    refused(site.anybody.get(path), 401, "unauthorised")
    refused(site.anybody.get(path, headers={"Authorization": "Bearer stoplist_forged"}), 401, "unauthorised")
    refused(site.anybody.get(path, headers={"Cookie": "stoplist_session=forged"}), 401, "unauthorised")
    assert site.anybody.get(path).headers["www-authenticate"] == "Bearer"


def test_every_role_reads(site: Site) -> None:
    site.put("client-status", status("a", 1))
    for role in MAY:
        assert site.clients[role].get("/v1/clients/a").status_code == 200
        assert site.clients[role].get("/v1/clients/a/may-ship?amount=1").status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "allowed"),
    [
        ("/v1/cancellations", CANCELLED, {"warehouse", "manager", "director"}),
        (
            "/v1/decisions",
            {"type": "obligation.disputed", "client_id": "a", "obligation_id": "o", "reason": "why"},
            {"accountant", "manager", "director"},
        ),
        ("/v1/decisions", {"conditions": ["risk_group"], **OVERRIDE}, {"manager", "director"}),
        ("/v1/decisions", {"conditions": ["conduct"], **OVERRIDE}, {"director"}),
        ("/v1/decisions", {"type": "credit_limit.set", "client_id": "a", "amount": "5.00"}, {"manager", "director"}),
        (
            "/v1/decisions",
            {"type": "conduct.recorded", "client_id": "a", "kind": "ethics", "evidence": "letter"},
            {"manager", "director"},
        ),
        (
            "/v1/decisions",
            {"type": "conduct.cleared", "client_id": "a", "conduct_id": "c", "reason": "why"},
            {"director"},
        ),
        (
            "/v1/decisions",
            {"type": "first_deal.decided", "client_id": "a", "decision": "close", "reason": "why"},
            {"manager", "director"},
        ),
        (
            "/v1/decisions",
            {"type": "override.revoked", "client_id": "a", "override_id": "o", "reason": "why"},
            {"manager", "director"},
        ),
    ],
)  # fmt: skip
def test_only_the_roles_that_may_say_something_get_past(
    signing_site: Site, path: str, body: dict[str, Any], allowed: set[str]
) -> None:
    """Whoever may comes as far as Kafka, which is not there."""
    for role in MAY:
        answer = say(signing_site.clients[role], path, body, key=role)
        if role in allowed:
            refused(answer, 503, "unavailable")
            assert "Kafka" in answer.json()["detail"]
        else:
            refused(answer, 403, "forbidden")


@pytest.mark.slow
def test_a_token_that_ended_or_was_removed_counts_no_longer(site: Site) -> None:
    known = tokens.read(site.file)
    secret, ended = tokens.new("late", ("viewer",), 1)
    past = tokens.Token("late", ("viewer",), ended.sha256, 0, int(time.time()) - 1)
    tokens.write(site.file, [*known, past])
    refused(site.client(secret).get("/v1/summary"), 401, "unauthorised")
    assert site.clients["viewer"].get("/v1/summary").status_code == 200
    tokens.write(site.file, [token for token in known if token.name != "a-viewer"])
    wait_until(lambda: site.clients["viewer"].get("/v1/summary").status_code == 401, "the token counts no longer")
    site.file.unlink()
    wait_until(lambda: site.clients["manager"].get("/v1/summary").status_code == 401, "without a file nobody counts")


def test_a_session_is_a_cookie_that_scripts_and_other_pages_do_not_get(site: Site) -> None:
    opened = site.anybody.post("/v1/session", json={"token": site.secrets["manager"]})
    assert opened.status_code == 200
    assert opened.json()["may"] == ["read", "request", "account", "judge"]
    cookie = opened.headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert site.anybody.get("/v1/session").json()["name"] == "a-manager"
    token = opened.json()["csrf_token"]
    assert token not in cookie
    refused(say(site.anybody, "/v1/cancellations", CANCELLED), 403, "csrf")
    refused(say(site.anybody, "/v1/cancellations", CANCELLED, **{"X-CSRF-Token": "guessed"}), 403, "csrf")
    other_site = {"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"}
    refused(say(site.anybody, "/v1/cancellations", CANCELLED, **other_site), 403, "csrf")
    refused(say(site.anybody, "/v1/cancellations", CANCELLED, **{"X-CSRF-Token": token}), 503, "unavailable")
    refused(site.anybody.delete("/v1/session"), 403, "csrf")
    cookie_sent = {"Cookie": f"stoplist_session={site.anybody.cookies['stoplist_session']}"}
    assert site.anybody.delete("/v1/session", headers={"X-CSRF-Token": token}).status_code == 204
    refused(site.anybody.get("/v1/session", headers=cookie_sent), 401, "unauthorised")


def test_who_has_several_roles_goes_on_as_one_of_them_and_comes_back(site: Site) -> None:
    secret, token = tokens.new("both", ("warehouse", "accountant"), None)
    tokens.write(site.file, [*tokens.read(site.file), token])
    wait_until(
        lambda: site.anybody.post("/v1/session", json={"token": secret}).status_code == 200, "the new token counts"
    )
    opened = site.anybody.get("/v1/session").json()
    assert (opened["roles"], opened["roles_held"]) == (["warehouse", "accountant"], ["warehouse", "accountant"])
    csrf = {"X-CSRF-Token": opened["csrf_token"]}

    def choose(role: str | None) -> httpx.Response:
        return site.anybody.post("/v1/session/role", json={"role": role}, headers=csrf)

    refused(site.anybody.post("/v1/session/role", json={"role": "warehouse"}), 403, "csrf")
    assert choose("warehouse").json()["may"] == ["read", "request"]
    paid = {"client_id": "a", "amount": "5.00", "currency": "USD"}
    refused(say(site.anybody, "/v1/payments", paid, **csrf), 403, "forbidden")
    refused(choose("director"), 403, "forbidden")  # not among its roles: no way up
    assert site.anybody.get("/v1/session").json()["roles"] == ["warehouse"]
    assert choose(None).json()["roles"] == ["warehouse", "accountant"]
    refused(say(site.anybody, "/v1/payments", paid, **csrf), 503, "unavailable")  # as far as Kafka
    refused(site.clients["manager"].post("/v1/session/role", json={"role": "manager"}), 400, "invalid-request")
    refused(site.anybody.post("/v1/session/role", json={}, headers=csrf), 400, "invalid-request")


def test_redis_keeps_no_session_that_could_be_used(site: Site) -> None:
    site.anybody.post("/v1/session", json={"token": site.secrets["manager"]})
    (key,) = site.redis.keys("stoplist:session:*")
    assert isinstance(key, bytes)
    session_id = site.anybody.cookies["stoplist_session"]
    assert session_id not in key.decode()
    kept = site.redis.get(key)
    assert isinstance(kept, bytes)
    assert site.secrets["manager"] not in kept.decode()
    assert 0 < site.redis.ttl(key) <= 8 * 3600


def test_a_login_with_a_wrong_token_or_a_form_is_refused(site: Site) -> None:
    refused(site.anybody.post("/v1/session", json={"token": "stoplist_no"}), 401, "unauthorised")
    refused(site.anybody.post("/v1/session", json={"no": "token"}), 400, "invalid-request")
    form = site.anybody.post("/v1/session", data={"token": site.secrets["manager"]})
    refused(form, 415, "media-type")  # what a form of another page could send


def test_a_cookie_is_secure_where_people_come_by_https(redis_server: RedisAddress, tmp_path: Path) -> None:
    with Site(redis_server.url, tmp_path, https=True) as site:
        opened = site.anybody.post("/v1/session", json={"token": site.secrets["viewer"]})
        assert "secure" in opened.headers["set-cookie"].lower()
        assert opened.headers["strict-transport-security"]


def test_every_answer_carries_the_headers_that_browsers_heed(site: Site) -> None:
    for answer in (site.anybody.get("/v1/summary"), site.clients["viewer"].get("/v1/summary"), site.anybody.get("/no")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
    assert site.clients["viewer"].get("/v1/summary").headers["cache-control"] == "no-store"


def test_a_body_over_the_limit_is_not_read(site: Site) -> None:
    large = {"token": "x" * (64 << 10)}
    refused(site.anybody.post("/v1/session", json=large), 413, "too-large")

    def pieces() -> Any:
        yield b'{"token": "'
        for _ in range(70):
            yield b"x" * 1024

    told = {"Content-Type": "application/json"}
    refused(site.anybody.post("/v1/session", content=pieces(), headers=told), 413, "too-large")


def test_too_many_calls_of_one_token_are_told_when_to_come_again(redis_server: RedisAddress, tmp_path: Path) -> None:
    with Site(redis_server.url, tmp_path, rate_per_second_max=5) as site:
        answers = [site.clients["viewer"].get("/v1/session") for _ in range(30)]
        late = next(answer for answer in answers if answer.status_code != 200)
        refused(late, 429, "too-many-requests")
        assert int(late.headers["retry-after"]) >= 1
        assert site.clients["manager"].get("/v1/session").status_code == 200, "others are not held up"


def test_guessing_tokens_is_slowed_down(redis_server: RedisAddress, tmp_path: Path) -> None:
    with Site(redis_server.url, tmp_path, attempts_per_minute_max=3) as site:
        codes = [site.anybody.post("/v1/session", json={"token": "guess"}).status_code for _ in range(4)]
        assert codes == [401, 401, 401, 429]
        assert site.anybody.get("/v1/summary").status_code == 429
        assert site.clients["viewer"].get("/v1/summary").status_code == 200


def _guesses(site: Site, *forwarded_for: str) -> list[int]:
    guess = {"token": "guess"}
    return [
        site.anybody.post("/v1/session", json=guess, headers={"X-Forwarded-For": one}).status_code
        for one in forwarded_for
    ]


def test_behind_a_proxy_those_are_counted_whom_it_names(redis_server: RedisAddress, tmp_path: Path) -> None:
    with Site(redis_server.url, tmp_path, attempts_per_minute_max=2, https=True) as site:
        assert _guesses(site, "10.0.0.1", "10.0.0.1", "10.0.0.1") == [401, 401, 429]
        assert _guesses(site, "10.0.0.2") == [401], "everybody comes through the same proxy"
        # what a caller says itself stands before what the proxy adds
        assert _guesses(site, "10.0.0.9, 10.0.0.1", "10.0.0.8,10.0.0.1") == [429, 429]


def test_without_a_proxy_nobody_names_themselves(redis_server: RedisAddress, tmp_path: Path) -> None:
    with Site(redis_server.url, tmp_path, attempts_per_minute_max=2) as site:
        assert _guesses(site, "10.0.0.1", "10.0.0.2", "10.0.0.3") == [401, 401, 429]


def test_a_bucket_holds_what_was_saved_up_and_no_more() -> None:
    now = [0.0]
    rate = Rate(3, 1.0, lambda: now[0])
    assert [rate.wait_seconds("a") for _ in range(4)] == [0, 0, 0, 1]
    assert rate.wait_seconds("b") == 0
    now[0] = 0.34
    assert [rate.wait_seconds("a"), rate.wait_seconds("a")] == [0, 1]
    now[0] = 100.0
    assert [rate.wait_seconds("a") for _ in range(4)] == [0, 0, 0, 1]


def test_what_is_not_there_is_a_problem_document_too(site: Site) -> None:
    refused(site.clients["viewer"].get("/v1/none"), 404, "not-found")
    refused(site.clients["viewer"].put("/v1/clients", json={}), 405, "method")


def test_openapi_tells_every_call(site: Site) -> None:
    told = site.anybody.get("/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    for path in ("/v1/clients/{client_id}/may-ship", "/v1/requests", "/v1/decisions", "/v1/events", "/v1/blocked.csv"):
        assert path in told["paths"]
    body = told["paths"]["/v1/requests"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert {"client_id", "shipment_id", "lines", "amount"} <= set(body["required"])
    posts = {path: calls["post"] for path, calls in told["paths"].items() if "post" in calls}
    assert [path for path, call in posts.items() if "requestBody" not in call] == []
    paid = posts["/v1/payments"]["requestBody"]["content"]["application/json"]["schema"]
    assert paid["required"] == ["client_id", "amount"]
    assert {"value_date", "obligations"} <= set(paid["properties"])


def test_openapi_tells_how_to_log_in_and_where_nobody_need(site: Site) -> None:
    told = site.anybody.get("/openapi.json").json()
    assert told["security"] == [{"token": []}, {"session": []}]
    assert told["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    free = {
        f"{method} {path}"
        for path, calls in told["paths"].items()
        for method, call in calls.items()
        if call.get("security") == []
    }
    assert free == {"post /v1/session", "get /healthz", "get /readyz"}
