"""The contract: events, topic catalogue, envelope; JSON Schema and AsyncAPI are generated from here."""
