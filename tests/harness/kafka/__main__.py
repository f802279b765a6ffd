"""`python -m tests.harness.kafka` fetches Kafka's jars, so that no test's time limit includes that."""

import sys

from tests.harness.kafka.jars import jars, kafka_missing

if __name__ == "__main__":
    missing = kafka_missing()
    sys.stdout.write(f"Kafka's jars: {f'not fetched for want of {missing}' if missing else jars()}\n")
