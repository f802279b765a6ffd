"""The Redis client as this package uses it."""

from typing import Any

RedisClient = Any
"""A `redis.asyncio.Redis` that answers bytes; its own types say bytes or text for every answer."""
