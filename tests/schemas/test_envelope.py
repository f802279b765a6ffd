"""CloudEvents headers, ids, and the filter by which readers pass over repeats."""

import pytest

from schemas.envelope import SequenceFilter, cloud_event_headers, output_id, split_output_id


def test_headers_of_an_output() -> None:
    headers = cloud_event_headers("Клиент:7", 12, "shipment.blocked", "2026-03-01T12:00:00+03:00")
    assert headers == [
        ("ce_specversion", b"1.0"),
        ("ce_id", "Клиент:7:12".encode()),
        ("ce_type", b"shipment.blocked"),
        ("ce_source", b"stoplist"),
        ("ce_time", b"2026-03-01T12:00:00+03:00"),
        ("ce_subject", "Клиент:7".encode()),
        ("content-type", b"application/json"),
    ]


@pytest.mark.parametrize(("client", "sequence"), [("C-1", 1), ("a:b:3", 40), (":", 2)])
def test_id_and_back(client: str, sequence: int) -> None:
    assert split_output_id(output_id(client, sequence)) == (client, sequence)


@pytest.mark.parametrize("text", ["", "C-1", "C-1:", "C-1:x", "C-1:-1", "C-1:1.0"])
def test_what_is_no_id(text: str) -> None:
    with pytest.raises(ValueError, match="<client>:<sequence>"):
        split_output_id(text)


def test_repeats_are_passed_over() -> None:
    reader = SequenceFilter()
    read = [("C-1", 1), ("C-1", 3), ("C-1", 1), ("C-1", 3), ("C-2", 2), ("C-1", 4), ("C-2", 2)]
    assert [reader.passes("shipment-blocks", *item) for item in read] == [True, True, False, False, True, True, False]


def test_topics_are_counted_apart() -> None:
    reader = SequenceFilter()
    assert reader.passes("shipment-blocks", "C-1", 5)
    assert reader.passes("client-status", "C-1", 5)  # a status repeats the number of the change it shows
    assert reader.passes("category-changes", "C-1", 4)
