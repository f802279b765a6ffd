"""A worker that starts while one of several brokers has just gone asks the others."""

import pytest
from kafka.errors import KafkaConnectionError, TopicAuthorizationFailedError

from streams.cli.connection import patiently


def answering(*answers: Exception | str) -> "list[Exception | str]":
    return list(answers)


def test_a_broker_that_has_gone_is_asked_past() -> None:
    answers = answering(KafkaConnectionError("gone"), KafkaConnectionError("gone"), "topics")

    def ask() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert patiently(60, ask) == "topics"


@pytest.mark.parametrize(
    ("seconds", "error"), [(0, KafkaConnectionError("gone")), (60, TopicAuthorizationFailedError("not allowed"))]
)
def test_what_lasts_or_is_an_answer_is_said(seconds: float, error: Exception) -> None:
    def ask() -> str:
        raise error

    with pytest.raises(type(error)):
        patiently(seconds, ask)
