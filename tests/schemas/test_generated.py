"""The checked-in JSON Schemas and AsyncAPI document: fresh, true to the models, and safe for those who use them."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas import inputs, outputs
from schemas.asyncapi import asyncapi_document
from schemas.catalogue import BROADCASTS, TOPICS, Role
from schemas.compatibility import breaks
from schemas.dead_letters import REASONS
from schemas.generate import GENERATED, broken_readers, generated_files, main
from schemas.json_schemas import json_schemas
from schemas.policy_file import default_policy
from tests.schemas.examples import EXAMPLES
from tests.schemas.test_outputs import OUTPUTS

Schema = dict[str, Any]
SCHEMAS = json_schemas()


def test_checked_in_files_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_checked_in_files_break_nobody_who_uses_the_committed_ones(tmp_path: Path) -> None:
    root = GENERATED.parent.parent
    listed = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD", "schemas/generated/"], cwd=root, capture_output=True, text=True
    )
    if listed.returncode != 0:
        pytest.skip("no git checkout")
    for name in listed.stdout.split():
        text = subprocess.run(["git", "show", f"HEAD:{name}"], cwd=root, capture_output=True, check=True).stdout
        (tmp_path / Path(name).name).write_bytes(text)
    assert broken_readers(generated_files(), tmp_path) == []


# Stale files


def test_generating_writes_and_checking_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], tmp_path) == 1
    assert "asyncapi.json" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    assert {path.name for path in tmp_path.iterdir()} == set(generated_files())


@pytest.mark.parametrize("name", ["payment.received.schema.json", "asyncapi.json"])
def test_stale_file_is_named(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([], tmp_path)
    (tmp_path / name).write_text((tmp_path / name).read_text().replace("description", "descriptjon", 1))
    assert main(["--check"], tmp_path) == 1
    assert name in capsys.readouterr().err


def test_file_of_an_event_that_is_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([], tmp_path)
    (tmp_path / "payment.imagined.schema.json").write_text("{}")
    assert main([], tmp_path) == 1
    assert "payment.imagined: the event was removed" in capsys.readouterr().err
    assert main(["--accept-breaks"], tmp_path) == 0
    assert not (tmp_path / "payment.imagined.schema.json").exists()


def test_breaking_change_is_not_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([], tmp_path)
    path = tmp_path / "client.status.schema.json"
    before = json.loads(path.read_text())  # readers of this version rely on a field that ours does not have
    before["properties"]["mood"] = {"type": "string"}
    before["required"].append("mood")
    path.write_text(json.dumps(before))
    assert main([], tmp_path) == 1
    assert "client.status: mood" in capsys.readouterr().err
    assert json.loads(path.read_text()) == before


# Schemas


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["description"]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_schema_takes_what_the_contract_takes(kind: str) -> None:
    validator = Draft202012Validator(SCHEMAS[kind])
    validator.validate(EXAMPLES[kind])
    for name in inputs.MODELS[kind].model_fields:
        if inputs.MODELS[kind].model_fields[name].is_required():
            less = {field: value for field, value in EXAMPLES[kind].items() if field != name}
            assert not validator.is_valid(less), name
    assert not validator.is_valid({**EXAMPLES[kind], "id": ""})


@pytest.mark.parametrize("kind", [kind for kind in EXAMPLES if kind not in BROADCASTS])
def test_schema_takes_a_withdrawn_fact(kind: str) -> None:
    identity = {"type": kind, "id": "X", "client_id": "C", "voided": True, "shipment_id": "S"}
    validator = Draft202012Validator(SCHEMAS[kind])
    validator.validate(identity)
    assert not validator.is_valid({**identity, "voided": False})
    assert not validator.is_valid({**identity, "type": "another"})


def test_schema_of_the_policy_takes_the_one_that_ships() -> None:
    validator = Draft202012Validator(SCHEMAS["policy"])
    validator.validate(default_policy().to_document())
    assert not validator.is_valid({"version": 1, "window_day": 3})


@pytest.mark.parametrize("kind", OUTPUTS)
def test_schema_of_an_output(kind: str) -> None:
    validator = Draft202012Validator(SCHEMAS[kind])
    validator.validate(OUTPUTS[kind])
    validator.validate({**OUTPUTS[kind], "added_in_a_later_version": 1})
    assert not validator.is_valid({**OUTPUTS[kind], "sequence": 0})


# Compatibility: each change, and whether it breaks somebody


def changed(name: str, change: Callable[[Schema], object]) -> list[str]:
    before, after = SCHEMAS[name], copy.deepcopy(SCHEMAS[name])
    change(after)
    assert after != before
    return breaks(before, after, read_by_others=name in outputs.MODELS)


def whole(schema: Schema) -> Schema:
    found: Schema = schema["anyOf"][0] if "anyOf" in schema else schema
    return found


def lifted_by(schema: Schema) -> list[Schema]:
    found: list[Schema] = schema["$defs"]["Condition"]["properties"]["lifted_by"]["items"]["oneOf"]
    return found


def field(name: str, **keywords: Any) -> Callable[[Schema], object]:
    return lambda schema: whole(schema)["properties"][name].update(keywords)


def remove(name: str) -> Callable[[Schema], object]:
    def change(schema: Schema) -> None:
        del whole(schema)["properties"][name]
        if name in whole(schema)["required"]:
            whole(schema)["required"].remove(name)

    return change


def add(name: str, *, required: bool) -> Callable[[Schema], object]:
    def change(schema: Schema) -> None:
        whole(schema)["properties"][name] = {"type": "string"}
        if required:
            whole(schema)["required"].append(name)

    return change


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_change_breaks_nobody(name: str) -> None:
    assert breaks(SCHEMAS[name], copy.deepcopy(SCHEMAS[name]), read_by_others=name in outputs.MODELS) == []


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("payment.received", add("branch", required=False)),
        ("payment.received", lambda schema: whole(schema)["required"].remove("currency")),
        ("payment.received", lambda schema: whole(schema)["properties"]["document"].update(maxLength=600)),
        ("payment.received", lambda schema: whole(schema)["properties"]["id"].pop("maxLength")),
        ("client.opened", lambda schema: whole(schema)["properties"]["lifecycle"]["enum"].append("asleep")),
        ("shipment.dispatched", lambda schema: schema["$defs"]["DispatchLine"]["required"].remove("rrp")),
        ("policy", lambda schema: schema["properties"].update(colour={"type": "string"})),
        ("client.status", add("mood", required=False)),
        ("client.status", add("mood", required=True)),
        ("client.status", lambda schema: schema["$defs"]["OpenObligation"]["required"].append("new")),
        ("shipment.blocked", lambda schema: lifted_by(schema).append({"title": "LiftedByWeather", "type": "object"})),
        ("category.changed", lambda schema: schema["properties"]["to"]["anyOf"].append({"type": "object"})),
    ],
)
def test_safe_change(name: str, change: Callable[[Schema], object]) -> None:
    assert changed(name, change) == []


@pytest.mark.parametrize(
    ("name", "change", "about"),
    [
        # senders keep writing by the schema they have
        ("payment.received", add("branch", required=True), "branch"),
        ("payment.received", lambda schema: whole(schema)["required"].append("document"), "document"),
        ("payment.received", remove("rate"), "rate"),
        ("payment.received", remove("amount"), "amount"),
        ("payment.received", field("amount", pattern="^[0-9]+$"), "amount"),
        ("payment.received", field("document", maxLength=100), "document"),
        ("payment.received", field("id", minLength=2), "id"),
        ("payment.received", field("value_date", type="integer"), "value_date"),
        ("payment.received", field("obligations", items={"type": "integer"}), "obligations[]"),
        ("payment.received", field("revision", minimum=5), "revision"),
        ("payment.received", field("type", const="payment.arrived"), "type"),
        ("client.opened", lambda schema: whole(schema)["properties"]["lifecycle"]["enum"].remove("lost"), "lifecycle"),
        (
            "shipment.dispatched",
            lambda schema: schema["$defs"]["DispatchLine"]["required"].append("vat"),
            "lines[].vat",
        ),
        ("shipment.dispatched", lambda schema: schema["$defs"]["DispatchLine"]["properties"].pop("sku"), "lines[].sku"),
        ("policy.activated", add("reason", required=True), "reason"),
        ("policy", lambda schema: schema["required"].append("window_days"), "window_days"),
        ("policy", lambda schema: schema["$defs"]["Volume"]["properties"].pop("b_from"), "volume.b_from"),
        # readers keep reading by the schema they have
        ("client.status", remove("exposure"), "exposure"),
        ("client.status", lambda schema: schema["required"].remove("exposure"), "exposure"),
        ("client.status", field("blocked", type="string"), "blocked"),
        ("client.status", field("violations", minimum=-1), "violations"),
        ("client.status", lambda schema: schema["properties"]["outstanding"].pop("pattern"), "outstanding"),
        ("client.status", lambda schema: schema["$defs"]["OpenObligation"]["required"].remove("judged"), "judged"),
        ("client.status", lambda schema: schema["$defs"]["OpenObligation"]["properties"].pop("judged"), "judged"),
        ("shipment.blocked", lambda schema: schema["$defs"]["LiftedByPayment"]["required"].remove("amount"), "amount"),
        ("shipment.blocked", field("conditions", minItems=0), "conditions"),
        ("category.changed", lambda schema: schema["properties"].pop("from"), "from"),
        ("category.changed", field("correction", type="integer"), "correction"),
    ],
)
def test_breaking_change(name: str, change: Callable[[Schema], object], about: str) -> None:
    found = changed(name, change)
    assert found
    assert all(about in sentence for sentence in found), found


# AsyncAPI


DOCUMENT = asyncapi_document(SCHEMAS)


def resolved(reference: str) -> Any:
    node: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [found for child in node.values() for found in references(child)]
    if isinstance(node, list):
        return [found for child in node for found in references(child)]
    return []


def test_document_has_what_asyncapi_3_asks_for() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert set(DOCUMENT) <= {
        "asyncapi",
        "id",
        "info",
        "servers",
        "defaultContentType",
        "channels",
        "operations",
        "components",
    }
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in ("send", "receive")
        channel = resolved(operation["channel"]["$ref"])
        for message in operation["messages"]:  # 3.0: an operation's messages are those of its own channel
            assert resolved(message["$ref"]) in channel["messages"].values()


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        if reference.startswith("#"):
            assert resolved(reference)
        else:
            assert (GENERATED / reference).is_file(), reference


def test_every_public_topic_is_a_channel_with_its_events() -> None:
    public = {topic.name: topic for topic in TOPICS if topic.role is not Role.INTERNAL}
    assert set(DOCUMENT["channels"]) == set(public)
    for name, channel in DOCUMENT["channels"].items():
        assert channel["address"] == name
        assert set(channel["messages"]) == set(public[name].types or (name,))
        kafka = channel["bindings"]["kafka"]
        assert (kafka["topic"], kafka["partitions"]) == (name, 12)
    actions = {
        operation["channel"]["$ref"].rpartition("/")[2]: operation["action"]
        for operation in DOCUMENT["operations"].values()
    }
    assert actions == {name: "receive" if topic.role is Role.INPUT else "send" for name, topic in public.items()}


def test_every_event_is_a_message() -> None:
    messages = DOCUMENT["components"]["messages"]
    assert set(messages) == set(inputs.MODELS) | set(outputs.MODELS) | {"dead-letters"}
    for kind, message in messages.items():
        assert message["name"] == kind
        assert message["summary"]
        if kind != "dead-letters":
            assert message["payload"]["schema"] == {"$ref": f"./{kind}.schema.json"}
            assert ("bindings" in message) == (kind not in BROADCASTS)
            assert ("headers" in message) == (kind in outputs.MODELS)


def test_reasons_are_told() -> None:
    for reason in REASONS:
        assert f"{reason}: " in DOCUMENT["components"]["messages"]["dead-letters"]["description"]
