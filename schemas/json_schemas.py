"""JSON Schema (2020-12) of each event and of the policy, made from the pydantic models."""

from typing import Any, Final

from pydantic import BaseModel

from schemas import inputs, outputs
from schemas.policy import Policy

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
POLICY: Final = "policy"

Schema = dict[str, Any]


def json_schemas() -> dict[str, Schema]:
    """The schema of every event type, and of `policy`."""
    schemas = {kind: _input(kind, model) for kind, model in inputs.MODELS.items()}
    schemas |= {kind: _output(model) for kind, model in outputs.MODELS.items()}
    schemas[POLICY] = Policy.model_json_schema()
    return {name: {"$schema": DIALECT, "$id": f"{name}.schema.json", **schema} for name, schema in schemas.items()}


def _input(kind: str, model: type[inputs.Input]) -> Schema:
    """A fact is either whole, or withdrawn and then only its identity."""
    whole = model.model_json_schema()
    if not issubclass(model, inputs.Fact):
        return whole
    definitions = whole.pop("$defs", {})
    whole["properties"]["voided"] |= {"const": False}
    withdrawn = inputs.voided_model(kind).model_json_schema()
    withdrawn["properties"]["type"] = whole["properties"]["type"]
    withdrawn["required"] = ["type", *withdrawn["required"]]
    schema = {"title": whole["title"], "description": whole["description"], "anyOf": [whole, withdrawn]}
    return {**schema, "$defs": definitions} if definitions else schema


def _output(model: type[BaseModel]) -> Schema:
    """Readers must allow fields they do not know, so the schema does, although the model allows none."""
    schema = model.model_json_schema(mode="serialization")
    _open(schema)
    return schema


def _open(node: Any) -> None:
    if isinstance(node, dict):
        if node.get("additionalProperties") is False:
            del node["additionalProperties"]
        for child in node.values():
            _open(child)
    elif isinstance(node, list):
        for child in node:
            _open(child)
