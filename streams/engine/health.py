"""Whether the worker lives, whether it is ready, and if not, why: what /healthz and /readyz say."""

from http import HTTPStatus
from typing import Any, Final, NamedTuple

from streams.engine.engine import Engine
from streams.engine.failures import Refusal, Stopped

OK: Final = HTTPStatus.OK
_NOT: Final = HTTPStatus.SERVICE_UNAVAILABLE


class Answer(NamedTuple):
    """A status and a JSON document; one that says no is a problem document (RFC 9457)."""

    status: HTTPStatus
    document: dict[str, Any]


def _problem(code: str, title: str, detail: str, **more: Any) -> Answer:
    return Answer(_NOT, {"type": "about:blank", "title": title, "status": _NOT, "code": code, "detail": detail, **more})


def alive(engine: Engine) -> Answer:
    """503 once the worker has stopped because of a failure: it ends, and must be started again."""
    return _failed(engine) or Answer(OK, {"status": "ok"})


def ready(engine: Engine) -> Answer:
    """200 when every partition that the group gave this worker is restored and folding; else the reason."""
    failed = _failed(engine)
    if failed is not None:
        return failed
    if engine.ending():
        return _problem("ending", "Stopping", "The worker was told to end and writes its checkpoints.")
    if not engine.started:
        return _problem("connecting", "Starting", "The worker connects to Kafka and checks the topics.")
    if engine.assigned is not None and engine.consumer is not None and not engine.consumer.group_answers():
        detail = "No broker answers for the group: decisions wait until one does; what is missed then is caught up."
        return _problem("broker_away", "Waiting for a broker", detail)
    if engine.assigned is None:
        detail = "The group is dealing out its partitions: a worker came, went, or was silent for too long."
        return _problem("unassigned", "Waiting for partitions", detail)
    missing = sorted(engine.assigned - set(engine.partitions) | set(engine.restoring))
    if missing:
        return _restoring(engine, missing)
    return Answer(OK, {"status": "ready", "partitions": sorted(engine.partitions)})


def silent(seconds: float) -> Answer:
    """The event loop did not answer."""
    return _problem("silent", "Not responding", f"The worker's event loop has not turned for {seconds:g} s.")


def _failed(engine: Engine) -> Answer | None:
    failure = engine.failure
    if failure is None:
        return None
    if isinstance(failure, Refusal):
        return _problem(failure.code, "Refused to start", f"{failure.reason}.", remedy=failure.remedy)
    code = failure.code if isinstance(failure, Stopped) else "crashed"
    return _problem(code, "Stopped by a failure", str(failure) or repr(failure))


def _restoring(engine: Engine, missing: list[int]) -> Answer:
    partitions: list[dict[str, Any]] = []
    for number in missing:
        progress = engine.restoring.get(number)
        if progress is None:
            partitions.append({"partition": number, "phase": "waiting", "percent": 0})
        else:
            percent = int(100 * progress.ratio)
            partitions.append({"partition": number, "phase": progress.phase, "percent": percent})
    whole = sum(one["percent"] for one in partitions) + 100 * len(set(engine.assigned or ()) - set(missing))
    percent = whole // max(1, len(engine.assigned or ()))
    names = ", ".join(map(str, missing))
    what = "Partition" if len(missing) == 1 else "Partitions"
    detail = f"{what} {names} of {len(engine.assigned or ())} not restored yet; {percent} % of all is."
    return _problem("restoring", "Restoring", detail, percent=percent, partitions=partitions)
