"""The stop list in plain kafka-python, for a warehouse that installs nothing else: `python stop_list.py CLIENT…`."""

import json
import sys
import time

from kafka import KafkaConsumer, TopicPartition

BOOTSTRAP, TOPIC, SILENT_SECONDS_MAX = sys.argv[1], "shipment-blocks", 60

last, blocked, current_at = {}, set(), float("-inf")


def take(value: bytes) -> None:
    """Of each client only what is above the last sequence counts."""
    event = json.loads(value)
    client = event["client_id"]
    if event["sequence"] > last.get(client, 0):
        last[client] = event["sequence"]
        (blocked.discard if event["type"] == "shipment.released" else blocked.add)(client)


def ask(client: str) -> str:
    """free, blocked, or unknown: then ask a person."""
    if time.monotonic() - current_at > SILENT_SECONDS_MAX:
        return "unknown"
    return "blocked" if client in blocked else "free"


try:
    consumer = KafkaConsumer(bootstrap_servers=BOOTSTRAP, bootstrap_timeout_ms=5_000, isolation_level="read_committed")
    parts = [TopicPartition(TOPIC, number) for number in consumer.partitions_for_topic(TOPIC) or ()]
    consumer.assign(parts)
    consumer.seek_to_beginning(*parts)
    while parts and current_at == float("-inf"):  # a program that stays goes on polling here
        for records in consumer.poll(500).values():
            for record in records:
                take(record.value or b'{"client_id":"","sequence":0}')
        asked_at, ends = time.monotonic(), consumer.end_offsets(parts)
        if all(consumer.position(part) >= ends[part] for part in parts):
            current_at = asked_at
except Exception as error:  # whatever it is, the answer must not be "free"
    sys.stderr.write(f"{error}\n")
for client in sys.argv[2:]:
    sys.stdout.write(f"{client} {ask(client)}\n")
