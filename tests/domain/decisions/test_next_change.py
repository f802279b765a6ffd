"""The next change happens exactly when foretold, and nothing happens before."""

import json

from hypothesis import HealthCheck, given, settings

from schemas.policy import Policy
from streams.domain.next_change import look, next_instant, predict
from tests.domain.decisions.driver import Company
from tests.domain.decisions.histories import MALLS, Step, histories, tell
from tests.domain.decisions.signing import KEYS


def _happened(company: Company, before: int) -> list[dict[str, object]]:
    changes: list[dict[str, object]] = []
    for item in company.published[before:]:
        if item.topic == "category-changes":
            scope = {"scope": item["scope"]} if item["scope"] else {}
            changes.append({"dimension": item["dimension"], "from": item["from"], "to": item["to"]} | scope)
        elif item.topic == "shipment-blocks":
            opened = item["opened"] if item["type"] == "shipment.blocked" else []
            changes += [{"condition": reason, "change": "opens"} for reason in opened]
            changes += [{"condition": reason, "change": "closes"} for reason in item["closed"]]
    return changes


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories)
def test_the_next_change_is_exact(history: list[Step]) -> None:
    company = Company(Policy.from_document({"version": 1, "keys": KEYS, "large_malls": MALLS}))
    tell(company, history)
    company.wait_until(company.at)  # a broadcast may be the last record
    client = company.clients.get("c1")
    if client is None:
        return
    for _ in range(12):  # change after change, to the end of time
        standing = company.shared.standing(client.seen)
        view = look(standing, client, company.at, standing.rules.day_of(company.at))
        first = next_instant(standing, client, company.at, view.day)
        prediction = predict(standing, client, view, first)
        published = json.loads(client.decided.status)["next_change"]
        if prediction is None:
            assert published is None
            before = len(company.published)
            company.wait("2030-01-01")
            assert _happened(company, before) == []
            return
        foretold = [json.loads(json.dumps(item)) for item in published["changes"]]
        assert published["at"] == standing.rules.instant_text(prediction.instant)
        before = len(company.published)
        company.wait_until(prediction.instant - 1)
        assert _happened(company, before) == []
        company.wait_until(prediction.instant)
        assert _happened(company, before) == foretold
    raise AssertionError("a client does not come to rest")
