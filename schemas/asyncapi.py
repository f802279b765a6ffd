"""The AsyncAPI 3.0 document: every public topic, what it carries, and which way."""

from typing import Any, Final

from schemas import dead_letters
from schemas.catalogue import BROADCASTS, DEAD_LETTERS, PARTITIONS_DEFAULT, TOPICS, Role, Topic
from schemas.json_schemas import Schema

VERSION: Final = "1.1.0"
"""Of the contract: the second number rises with optional fields, the first never within these topic names."""

_KEY: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 64, "description": "The client id, UTF-8."}
_CLOUD_EVENT: Final[dict[str, str]] = {
    "ce_specversion": "Always 1.0.",
    "ce_id": "<client>:<sequence>.",
    "ce_type": "The event's type.",
    "ce_source": "Always stoplist.",
    "ce_time": "When it took effect, RFC 3339.",
    "ce_subject": "The client id.",
    "content-type": "Always application/json.",
}
_DEAD_LETTER: Final[dict[str, str]] = {
    dead_letters.EXCEPTION_HEADER: "The reason.",
    dead_letters.MESSAGE_HEADER: "What is wrong, and what the sender should do.",
    dead_letters.TOPIC_HEADER: "The topic of the rejected record.",
    dead_letters.PARTITION_HEADER: "Its partition.",
    dead_letters.OFFSET_HEADER: "Its offset.",
    dead_letters.REASON_HEADER: "The reason.",
    dead_letters.FIELD_HEADER: "The field it is about, dotted; absent when it is about none.",
    dead_letters.ID_HEADER: "<topic>/<partition>/<offset>: drop what you have seen.",
}


def asyncapi_document(schemas: dict[str, Schema]) -> dict[str, Any]:
    """The document; payloads refer to the schema files beside it."""
    public = [topic for topic in TOPICS if topic.role is not Role.INTERNAL]
    messages = {kind: _message(kind, schemas[kind], topic) for topic in public for kind in topic.types}
    messages[DEAD_LETTERS] = _dead_letter()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Stoplist",
            "version": VERSION,
            "description": "Payments, shipments and sales of a wholesaler come in; risk groups, categories and the "
            "clients not to ship to come out.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in public},
        "operations": {_operation_name(topic): _operation(topic) for topic in public},
        "components": {"messages": messages},
    }


def _message_names(topic: Topic) -> tuple[str, ...]:
    return topic.types or (topic.name,)


def _channel(topic: Topic) -> dict[str, Any]:
    settings = topic.config()
    return {
        "address": topic.name,
        "description": f"{topic.holds} Written by {topic.writer}. Key: {topic.key}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _message_names(topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": PARTITIONS_DEFAULT,
                "topicConfiguration": {
                    "cleanup.policy": [settings["cleanup.policy"]],
                    "retention.ms": int(settings["retention.ms"]),
                    "max.message.bytes": int(settings["max.message.bytes"]),
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operation_name(topic: Topic) -> str:
    return f"{'receive' if topic.role is Role.INPUT else 'send'}-{topic.name}"


def _operation(topic: Topic) -> dict[str, Any]:
    """Seen from the worker: it receives inputs and sends outputs."""
    return {
        "action": "receive" if topic.role is Role.INPUT else "send",
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{name}"} for name in _message_names(topic)],
    }


def _message(kind: str, schema: Schema, topic: Topic) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": kind,
        "title": schema["title"],
        "summary": schema["description"],
        "contentType": "application/json",
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"./{kind}.schema.json"},
        },
    }
    if topic.role is Role.OUTPUT:
        message["headers"] = _headers(_CLOUD_EVENT, optional=())
    if kind not in BROADCASTS:
        message["bindings"] = {"kafka": {"key": _KEY, "bindingVersion": "0.5.0"}}
    return message


def _dead_letter() -> dict[str, Any]:
    reasons = " ".join(f"{name}: {sentence}" for name, sentence in dead_letters.REASONS.items())
    return {
        "name": DEAD_LETTERS,
        "title": "DeadLetter",
        "summary": "A record that does not count; key and value are its own, byte for byte.",
        "description": reasons,
        "contentType": "application/octet-stream",
        "headers": _headers(_DEAD_LETTER, optional=(dead_letters.FIELD_HEADER,)),
        "payload": {"description": "Any bytes."},
    }


def _headers(described: dict[str, str], optional: tuple[str, ...]) -> Schema:
    return {
        "type": "object",
        "properties": {name: {"type": "string", "description": text} for name, text in described.items()},
        "required": [name for name in described if name not in optional],
    }
