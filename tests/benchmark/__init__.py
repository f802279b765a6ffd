"""Measures Stoplist on Apache Kafka: `python -m tests.benchmark`.

docs/benchmarks/README.md says what each figure means.
"""
