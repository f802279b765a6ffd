"""docker-compose.yml and the image it builds: what `docker compose config` would check, and what we want of them."""

import json
import re
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from streams.cli.main import COMMANDS
from streams.cli.security import PREFIX
from streams.cli.settings import WorkerSettings, worker_settings
from streams.cli.tokens import TOKENS_DEFAULT
from tests.benchmark.processes import AS_DEPLOYED
from tests.harness.beside import CHECKOUT

_SCHEMA = json.loads(Path(__file__).with_name("compose.schema.json").read_text("utf-8"))
_POM = CHECKOUT / "tests/harness/kafka/pom.xml"
_DOCKERFILE = CHECKOUT / "deploy/Dockerfile"
IMAGE = "stoplist:0.1.0"
OURS = {"topics", "worker", "importance", "projector", "server"}


@pytest.fixture
def compose() -> dict[str, Any]:
    """The file, anchors and merges resolved."""
    read: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text("utf-8"))
    return read


def problems(compose: dict[str, Any]) -> list[str]:
    """What docker compose would refuse, and what we do not want: each as a sentence."""
    validator = jsonschema.Draft202012Validator(_SCHEMA)
    found = [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(compose)]
    if found:
        return found
    services, volumes = compose["services"], compose.get("volumes", {})
    for name, service in services.items():
        if not re.fullmatch(r"[a-z0-9./-]+:v?[0-9]+\.[0-9][a-z0-9.-]*", service["image"]):
            found.append(f"{name}: image {service['image']} names no version")
        found += [
            f"{name}: port {port} is open to others" for port in service.get("ports", []) if port[:10] != "127.0.0.1:"
        ]
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if not source.startswith("./") and source not in volumes:
                found.append(f"{name}: volume {volume} is not declared")
            if source.startswith("./") and not (CHECKOUT / source).is_dir():
                found.append(f"{name}: folder {source} is not there")
        for other, dependency in service.get("depends_on", {}).items():
            found += [f"{name}: {problem}" for problem in _wrong_dependency(services, other, dependency["condition"])]
        for variable in service.get("environment", {}):
            if variable.startswith(PREFIX) and variable.removeprefix(PREFIX).lower() not in WorkerSettings.model_fields:
                found.append(f"{name}: {variable} is no setting")
        if "build" in service and not (CHECKOUT / service["build"]["dockerfile"]).is_file():
            found.append(f"{name}: {service['build']['dockerfile']} is not there")
    ports = [port.split(":")[1] for service in services.values() for port in service.get("ports", [])]
    return found + [f"port {port} is taken twice" for port in sorted(set(ports)) if ports.count(port) > 1]


def _wrong_dependency(services: dict[str, Any], other: str, condition: str) -> list[str]:
    if other not in services:
        return [f"depends on {other}, which is no service"]
    if condition == "service_healthy" and "healthcheck" not in services[other]:
        return [f"waits for the health of {other}, which has no check"]
    if condition == "service_completed_successfully" and services[other]["restart"] != "no":
        return [f"waits for the end of {other}, which restarts"]
    return []


def test_the_file_is_sound(compose: dict[str, Any]) -> None:
    assert problems(compose) == []


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("services", "kafka", "portz"), ["127.0.0.1:1:1"], "portz"),
        (("services", "kafka", "ports"), ["0.0.0.0:9092:9092"], "open to others"),
        (("services", "kafka", "ports"), ["9092:9092"], "does not match"),
        (("services", "redis", "ports"), ["127.0.0.1:9092:6379"], "taken twice"),
        (("services", "kafka", "image"), "apache/kafka:latest", "names no version"),
        (("services", "kafka", "volumes"), ["elsewhere:/data"], "not declared"),
        (("services", "grafana", "volumes"), ["./deploy/grafanna:/etc/grafana:ro"], "is not there"),
        (("services", "grafana", "volumes"), ["./deploy/grafana:/etc/grafana"], "does not match"),
        (("services", "worker", "depends_on"), {"kafla": {"condition": "service_healthy"}}, "no service"),
        (("services", "worker", "depends_on"), {"topics": {"condition": "service_healthy"}}, "has no check"),
        (("services", "topics", "restart"), "always", "which restarts"),
        (("services", "worker", "environment"), {"STOPLIST_BOTSTRAP": "kafka:19092"}, "no setting"),
        (("services", "worker", "environment"), {"STOPLIST_METRICS_PORT": 6066}, "not of type 'string'"),
        (("services", "worker", "build"), {"context": ".", "dockerfile": "Dockerfil"}, "is not there"),
        (("services", "kafka", "healthcheck", "interval"), "10", "does not match"),
    ],
)
def test_what_is_wrong_is_noticed(compose: dict[str, Any], path: tuple[str, ...], value: Any, problem: str) -> None:
    wrong = deepcopy(compose)
    place = wrong
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert any(problem in said for said in problems(wrong)), problems(wrong)


def test_the_tests_run_the_kafka_that_users_run(compose: dict[str, Any]) -> None:
    version = re.search(r"<artifactId>kafka_2.13</artifactId>\s*<version>([^<]+)<", _POM.read_text("utf-8"))
    assert version
    assert compose["services"]["kafka"]["image"] == f"apache/kafka:{version[1]}"


def test_clients_reach_kafka_where_it_says_it_is(compose: dict[str, Any]) -> None:
    environment = compose["services"]["kafka"]["environment"]
    advertised = dict(entry.split("://") for entry in environment["KAFKA_ADVERTISED_LISTENERS"].split(","))
    listening = dict(entry.split("://") for entry in environment["KAFKA_LISTENERS"].split(","))
    published = compose["services"]["kafka"]["ports"][0].rsplit(":", 1)[0]
    assert advertised["HOST"] == published == WorkerSettings.model_fields["bootstrap"].default
    for name in OURS:
        assert compose["services"][name]["environment"]["STOPLIST_BOOTSTRAP"] == advertised["INSIDE"]
    assert all(listening[name].rsplit(":")[-1] == address.rsplit(":")[-1] for name, address in advertised.items())


def test_the_worker_gets_settings_it_takes(compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    worker = compose["services"]["worker"]
    for name, value in worker["environment"].items():
        monkeypatch.setenv(name, value)
    settings = worker_settings()
    assert settings.instance_id == "worker-1"
    assert int(worker["stop_grace_period"].removesuffix("s")) * 1000 > settings.stop_timeout_ms


def test_containers_run_commands_that_exist(compose: dict[str, Any]) -> None:
    ours = {name: service["command"] for name, service in compose["services"].items() if service["image"] == IMAGE}
    assert compose["services"]["tokens"]["entrypoint"] == ["stoplist", "tokens"]
    assert ours.pop("tokens") == ["list"]
    assert ours.keys() == OURS
    assert {command[0] for command in ours.values()} <= COMMANDS.keys()
    assert ours["importance"] == [*ours["worker"], "--fold", "importance"]


def test_the_image_is_called_as_the_version_is(compose: dict[str, Any]) -> None:
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"stoplist:{version}" == IMAGE
    assert {service["image"] for service in compose["services"].values() if "build" in service} == {IMAGE}


def test_the_server_finds_the_tokens_that_are_made_beside_it(compose: dict[str, Any]) -> None:
    server, maker = compose["services"]["server"], compose["services"]["tokens"]
    folder = maker["working_dir"]
    assert maker["volumes"] == [f"tokens:{folder}"]
    assert server["volumes"] == [f"tokens:{folder}:ro"]  # it only reads them
    assert Path(folder) / TOKENS_DEFAULT == Path(server["command"][server["command"].index("--tokens") + 1])
    assert maker["profiles"]  # else `docker compose up` would start it
    text = _DOCKERFILE.read_text("utf-8")
    (user,) = re.findall(r"^USER (\d+):\1$", text, re.MULTILINE)
    # a volume is its image's folder at first: only so may the user write there
    assert f"install --directory --owner {user} --group {user} --mode 0750 {folder}\n" in text


def test_our_containers_are_closed(compose: dict[str, Any]) -> None:
    for name in OURS - {"topics"} | {"tokens"}:
        service = compose["services"][name]
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_prometheus_asks_every_program_where_it_listens(compose: dict[str, Any]) -> None:
    asked = yaml.safe_load((CHECKOUT / "deploy/prometheus/prometheus.yaml").read_text("utf-8"))["scrape_configs"]
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in asked}
    workers = [name for name in sorted(OURS) if compose["services"][name]["command"][0] == "worker"]
    assert workers == ["importance", "worker"]
    for name in (*workers, "projector"):
        environment = compose["services"][name]["environment"]
        assert environment["STOPLIST_METRICS_HOST"] == "0.0.0.0"
        assert targets[f"stoplist-{name}"] == [f"{name}:{environment['STOPLIST_METRICS_PORT']}"]
    (server,) = [job for job in asked if job["job_name"] == "stoplist-server"]
    assert server["static_configs"][0]["targets"] == [
        compose["services"]["server"]["ports"][0].replace("127.0.0.1:8650", "server")
    ]
    token = server["authorization"]["credentials_file"]
    assert f"> deploy/prometheus/{token}" in (CHECKOUT / "docs/deploy.md").read_text("utf-8")
    assert f"/deploy/prometheus/{token}" in (CHECKOUT / ".gitignore").read_text("utf-8")


def test_the_image_is_pinned_checked_and_not_run_as_root() -> None:
    text = _DOCKERFILE.read_text("utf-8")
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", bases[0])
    last_stage = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", last_stage, re.MULTILINE)
    assert "pip" not in last_stage  # what builds stays in the first
    assert "HEALTHCHECK" in last_stage
    assert "--require-hashes" in text


def test_what_is_measured_has_the_memory_that_the_image_gives() -> None:
    last_stage = _DOCKERFILE.read_text("utf-8").rsplit("\nFROM ", 1)[1]
    assert {f"ENV {name}={value}" for name, value in AS_DEPLOYED.items()} <= set(last_stage.splitlines())


def test_the_image_is_built_from_files_that_are_sent_to_it() -> None:
    ignored = (CHECKOUT / "deploy/Dockerfile.dockerignore").read_text("utf-8").splitlines()
    sent = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", _DOCKERFILE.read_text("utf-8"), re.MULTILINE)
    assert {name for names in copied for name in names.split()} == sent
