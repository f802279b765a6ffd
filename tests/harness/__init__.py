"""Starts and stops the servers that tests talk to: Apache Kafka nodes, Redis, and the embedded stand-in for both."""
