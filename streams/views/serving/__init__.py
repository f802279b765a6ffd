"""Answers people and programs over HTTP from the read model, and takes what they say to Kafka."""
