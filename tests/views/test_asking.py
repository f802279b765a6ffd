"""Clients, lists with search and pages, histories, the blocked list; and a partition that is silent."""

import csv
import io
import socket
from pathlib import Path

import pytest

from streams.cli.timeline import timeline_of
from streams.views import names
from streams.views.desk import facts
from tests.harness.components import RedisAddress
from tests.harness.ports import LOOPBACK
from tests.harness.redis import RedisServer
from tests.harness.waiting import wait_until
from tests.views.outputs import blocked, condition, output, owed, released, status
from tests.views.site import Site
from tests.views.test_login import refused

pytestmark = pytest.mark.redis
REGISTERED = {"type": "client.registered", "id": "r", "client_id": "A-7", "name": "ООО Ромашка плюс", "revision": 1}


def ids(site: Site, query: str) -> list[str]:
    """Of one page."""
    page = site.clients["viewer"].get(f"/v1/clients?{query}")
    assert page.status_code == 200, page.text
    return [row["client_id"] for row in page.json()["items"]]


def test_a_client_is_told_as_it_was_published_and_how_fresh_that_is(site: Site) -> None:
    known, block = status("A-7", 4, blocked=True), blocked("A-7", 4, condition("conduct"))
    site.put("client-status", known)
    site.put("shipment-blocks", block)
    site.put("clients", REGISTERED)
    site.fresh()
    told = site.clients["viewer"].get("/v1/clients/A-7").json()
    assert (told["status"], told["block"], told["name"]) == (known, block, "ООО Ромашка плюс")
    assert told["freshness"]["fresh"] is True
    refused(site.clients["viewer"].get("/v1/clients/nobody"), 404, "not-found")


def test_a_client_is_told_with_the_present_of_the_records_where_time_is_simulated(
    redis_server: RedisAddress, tmp_path: Path
) -> None:
    """How old the read model is stays a matter of the wall's clock."""
    with Site(redis_server.url, tmp_path, simulated_time=True) as site:
        site.put("client-status", status("a", 1))
        site.redis.set(names.TIME, 1_773_568_800_000)  # 15 March 2026, 13:00 in Moscow
        site.fresh(complete_seconds_ago=20)
        told = site.clients["viewer"].get("/v1/clients/a").json()
    assert told["now"] == "2026-03-15T13:00:00+03:00"
    assert 20_000 <= told["freshness"]["age_ms"] < 60_000


@pytest.mark.parametrize(
    ("alive", "complete", "reason"),
    [(61, 0, "worker_silent"), (0, 61, "worker_behind"), (61, 61, "worker_silent")],
)
def test_a_silent_partition_is_answered_unknown(site: Site, alive: float, complete: float, reason: str) -> None:
    site.put("client-status", status("a", 1))
    ask = "/v1/clients/a/may-ship?amount=60.00"
    assert site.clients["viewer"].get(ask).json()["reasons"][0]["reason"] == "projector_behind"
    site.fresh()
    assert site.clients["viewer"].get(ask).json()["decision"] == "approve"
    assert site.anybody.get("/readyz").status_code == 200
    site.fresh(alive, complete)
    told = site.clients["viewer"].get(ask).json()
    assert (told["decision"], [one["reason"] for one in told["reasons"]]) == ("unknown", [reason])
    assert site.anybody.get("/readyz").status_code == 503
    assert site.clients["viewer"].get("/v1/clients/a").json()["freshness"]["reason"] == reason


def test_it_is_counted_by_the_path_that_describes_it(site: Site) -> None:
    """Also though it is answered before the framework is reached; what only resembles it is not taken for it."""
    viewer, path = site.clients["viewer"], "/v1/clients/{client_id}/may-ship"
    viewer.get("/v1/clients/a/may-ship?amount=1")
    counted = f'stoplist_http_calls_total{{path="{path}",status="200"}}'
    told = site.clients["manager"].get("/metrics").text
    assert counted in told
    assert 'stoplist_may_ship_answers_total{decision="unknown"} 1.0' in told  # no projector has said anything yet
    assert path in viewer.get("/openapi.json").json()["paths"]
    refused(site.clients["manager"].post("/v1/clients/a/may-ship", json={}), 405, "method")
    refused(viewer.get("/v1/clients/a/b/may-ship?amount=1"), 404, "not-found")


def test_the_tolerated_silence_is_a_setting(redis_server: RedisAddress, tmp_path: Path) -> None:
    with Site(redis_server.url, tmp_path, silence_ms_max=3_600_000) as site:
        site.put("client-status", status("a", 1))
        site.fresh(3_000, 3_000)
        assert site.clients["viewer"].get("/v1/clients/a/may-ship?amount=1").json()["decision"] == "approve"


@pytest.mark.parametrize("query", ["", "amount=", "amount=0", "amount=1.234", "amount=-1"])
def test_a_question_without_an_amount_is_told_what_is_wrong(site: Site, query: str) -> None:
    problem = refused(site.clients["viewer"].get(f"/v1/clients/a/may-ship?{query}"), 400, "invalid-request")
    assert problem["errors"][0]["field"] == "amount"
    refused(site.clients["viewer"].get(f"/v1/clients/{'x' * 65}/may-ship?amount=1"), 400, "invalid-request")


def test_lists_have_pages_in_their_order(site: Site) -> None:
    late = [owed("o", "2026-01-10", "5.00", True)]
    more = [owed("o", "2026-01-20", "7.00", True)]
    site.put(
        "client-status", status("a", 1, open_obligations=late), status("b", 1, open_obligations=more), status("c", 1)
    )
    site.fresh()
    assert ids(site, "") == ["a", "b", "c"]
    assert ids(site, "list=largest_overdue") == ["b", "a"]
    assert ids(site, "list=calls") == ["a", "b"]
    first = site.clients["viewer"].get("/v1/clients?limit=2").json()
    assert (first["total"], [row["client_id"] for row in first["items"]]) == (3, ["a", "b"])
    second = site.clients["viewer"].get(f"/v1/clients?limit=2&cursor={first['next']}").json()
    assert ([row["client_id"] for row in second["items"]], second["next"]) == (["c"], None)
    for wrong in ("limit=0", "limit=201", "list=none", "cursor=x", "days=-1"):
        refused(site.clients["viewer"].get(f"/v1/clients?{wrong}"), 400, "invalid-request")


def test_calls_are_those_due_within_the_days_asked_for(redis_server: RedisAddress, tmp_path: Path) -> None:
    with Site(redis_server.url, tmp_path, simulated_time=True) as site:
        site.put("client-status", status("a", 1, open_obligations=[owed("o", "2026-03-05", "5.00")]))
        site.redis.set("stoplist:time", 1_772_312_400_000)  # 1 March in Moscow
        site.fresh()
        assert ids(site, "list=calls") == []  # due within three days: until 4 March
        assert ids(site, "list=calls&days=4") == ["a"]


def test_blocked_tomorrow_ends_at_tomorrows_midnight(redis_server: RedisAddress, tmp_path: Path) -> None:
    with Site(redis_server.url, tmp_path, simulated_time=True) as site:
        opens = [{"condition": "risk_group", "change": "opens"}]
        for client, at in (("in", "2026-03-02T23:59:59+03:00"), ("out", "2026-03-03T00:00:00+03:00")):
            site.put("client-status", status(client, 1, next_change={"at": at, "changes": opens}))
        site.redis.set("stoplist:time", 1_772_312_400_000)
        site.fresh()
        assert ids(site, "list=blocked_tomorrow") == ["in"]


def test_search_finds_beginnings_of_ids_and_words_in_any_case(site: Site) -> None:
    site.put("client-status", status("A-7", 1), status("A-8", 1))
    site.put("clients", REGISTERED)
    for found in ("search=a-", "search=A-"):
        assert sorted(ids(site, found)) == ["A-7", "A-8"]
    for found in ("ромаш", "РОМАШКА П", "ооо", "плюс", "a-7"):
        assert ids(site, f"search={found}") == ["A-7"], found
    assert ids(site, "search=машка") == []
    page = site.clients["viewer"].get("/v1/clients?search=a&limit=1").json()
    assert (len(page["items"]), page["total"], page["next"]) == (1, None, "1")


def test_a_history_goes_back_page_by_page(site: Site) -> None:
    site.put("category-changes", *(output("category.changed", "a", n, dimension="volume") for n in (1, 3)))
    site.put("shipment-blocks", blocked("a", 2, condition("conduct")), released("a", 5))
    viewer = site.clients["viewer"]
    first = viewer.get("/v1/clients/a/history?limit=3").json()
    assert [(item["topic"], item["event"]["sequence"]) for item in first["items"]] == [
        ("shipment-blocks", 5), ("category-changes", 3), ("shipment-blocks", 2),
    ]  # fmt: skip
    second = viewer.get(f"/v1/clients/a/history?limit=3&before={first['next']}").json()
    assert ([item["event"]["sequence"] for item in second["items"]], second["next"]) == ([1], None)


def test_the_blocked_are_listed_printed_and_exported_without_danger(site: Site) -> None:
    evil = '=HYPERLINK("x")<script>alert(1)</script>'
    site.put("clients", {**REGISTERED, "name": evil})
    site.put("client-status", status("A-7", 1, blocked=True), status("free", 1))
    site.put("shipment-blocks", blocked("A-7", 1, condition("conduct"), explanation={"en": "Stop.", "ru": "Стоп."}))
    viewer = site.clients["viewer"]
    (row,) = viewer.get("/v1/blocked").json()["items"]
    assert (row["client_id"], row["reasons"], row["explanation"]["ru"]) == ("A-7", ["conduct"], "Стоп.")
    exported = viewer.get("/v1/blocked.csv").content.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(exported))
    assert (line["name"], line["explanation_en"]) == (f"'{evil}", "Stop.")
    for language, word in (("en", "Do not ship"), ("ru", "Не отгружать")):
        page = viewer.get(f"/v1/blocked.html?language={language}")
        assert word in page.text
        assert "<script" not in page.text
        assert "style-src 'sha256-" in page.headers["content-security-policy"]
    assert "Стоп." in viewer.get("/v1/blocked.html?language=ru").text


def test_a_redis_that_does_not_answer_is_a_problem_and_comes_back(redis_node: RedisServer, tmp_path: Path) -> None:
    with Site(redis_node.url, tmp_path) as site:
        site.put("client-status", status("a", 1))
        viewer = site.clients["viewer"]
        assert viewer.get("/v1/clients/a").status_code == 200
        redis_node.kill()
        assert "retry-after" in viewer.get("/v1/clients/a").headers
        refused(viewer.get("/v1/clients/a/may-ship?amount=1"), 503, "unavailable")
        assert site.anybody.get("/readyz").status_code == 503
        assert site.anybody.get("/healthz").status_code == 200
        redis_node.start()
        wait_until(lambda: viewer.get("/v1/clients/a").status_code == 404, "it answers again, of an empty Redis")


def test_a_picture_is_refused_in_time_when_kafka_says_nothing(
    redis_server: RedisAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connections are taken and nobody answers: alone the client of Kafka would wait for longer than any browser."""
    monkeypatch.setattr(facts, "_ANSWER_SECONDS_MAX", 0.5)
    with socket.create_server((LOOPBACK, 0)) as silent:
        bootstrap = f"{LOOPBACK}:{silent.getsockname()[1]}"
        with Site(redis_server.url, tmp_path, bootstrap, timeline=timeline_of) as site:
            site.put("client-status", status("A-7", 1))
            site.fresh()
            answer = site.clients["viewer"].get("/v1/desk/clients/A-7/timeline")
            refused(answer, 503, "unavailable")
            assert answer.json()["detail"] == "Kafka does not answer; try again."
