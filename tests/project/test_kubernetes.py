"""deploy/kubernetes: what fits together in it, what it must never allow, and what it owes to the catalogues."""

import json
import re
import tomllib
from typing import Any

import pytest
import yaml

from schemas.access import BY_USER, GROUP, GROUP_IMPORTANCE, ROLES, WRITERS
from schemas.catalogue import BY_NAME, INPUTS, JOURNAL, PARTITIONS_DEFAULT, TOPIC_OF_TYPE, TOPICS
from schemas.metrics import PROJECTOR_METRICS, SERVER_METRICS, WORKER_METRICS
from streams.agents.folds import of_scopes
from streams.cli.deployment.alerts import ALERTS, CLIENTS_JOB, PROJECTOR_JOB, SCOPES_JOB, SERVER_JOB
from streams.cli.deployment.files import files
from streams.cli.main import COMMANDS
from streams.cli.security import PREFIX
from streams.cli.settings import WorkerSettings, worker_settings
from streams.engine.settings import EngineSettings
from streams.views.desk import facts, recent
from streams.views.private_file import is_read_by_others
from streams.views.projection.topics import ANSWERS, FOLDED, OTHERS
from streams.views.serving.composing import ACCOUNTED, JUDGED, RECEIVED
from tests.harness.beside import CHECKOUT
from tests.harness.measured import WORKER_BYTES, memory_of
from tests.harness.read_model import said_bytes_per_client
from tests.project.manifests import BASE, KUBERNETES, PRODUCTION, Manifest, built, containers, documents, named, pod

MANIFESTS = built(PRODUCTION)
WORKLOADS = {one["metadata"]["name"]: one for one in MANIFESTS if one["kind"] in ("StatefulSet", "Deployment")}
OURS = {name for name in WORKLOADS if name != "stoplist-redis"}
WORKERS = {"stoplist-worker": "clients", "stoplist-importance": "importance"}
_MADE_BY_HAND = {"stoplist-redis", "stoplist-tokens", "stoplist-server-key", "stoplist-server-metrics"}
_BYTES = {"Mi": 1 << 20, "Gi": 1 << 30}
_METRIC = re.compile(r"\bstoplist_[a-z_]+")


_MEMORY = (CHECKOUT / "docs/deploy.md").read_text("utf-8").split("\n### Memory\n")[1].split("\n## ")[0]
_MEMORY_OF_WORKERS = _MEMORY.split("\nRedis ")[0]


def _bytes(quantity: str) -> int:
    """Of a manifest or a page, whose units have a B behind them."""
    number, unit = re.fullmatch(r"([0-9.]+) ?([MG]i)B?", quantity).groups()  # type: ignore[union-attr]
    return int(float(number) * _BYTES[unit])


# generated files


@pytest.mark.parametrize("name", files())
def test_generated_files_are_not_stale(name: str) -> None:
    assert (CHECKOUT / "deploy" / name).read_text("utf-8") == files()[name], "make deployment"


def test_every_file_is_part_of_the_deployment() -> None:
    (base,) = documents(BASE / "kustomization.yaml")
    assert {path.name for path in BASE.glob("*.yaml")} - {"kustomization.yaml"} == set(base["resources"])
    assert {path.name for path in KUBERNETES.glob("*")} == {"base", "components", "overlays"}


def test_topics_are_those_of_the_catalogue() -> None:
    made = {one["metadata"]["name"]: one["spec"] for one in MANIFESTS if one["kind"] == "KafkaTopic"}
    assert made.keys() == BY_NAME.keys()
    for name, spec in made.items():
        assert spec["partitions"] == PARTITIONS_DEFAULT
        assert spec["config"] == BY_NAME[name].config(replication_factor=3), name
        assert spec["config"]["min.insync.replicas"] == "2"


def test_users_are_the_roles_with_their_rights_and_no_other() -> None:
    made = {one["metadata"]["name"]: one["spec"] for one in MANIFESTS if one["kind"] == "KafkaUser"}
    assert made.keys() == {f"stoplist-{access.user}" for access in ROLES}
    for access in ROLES:
        spec = made[f"stoplist-{access.user}"]
        assert spec["authentication"] == {"type": "scram-sha-512"}
        assert spec["authorization"]["type"] == "simple"
        said = {
            (acl["resource"]["type"], acl["resource"].get("name", "kafka-cluster"), operation)
            for acl in spec["authorization"]["acls"]
            for operation in acl["operations"]
        }
        assert said == {
            (grant.resource, grant.name, operation) for grant in access.grants for operation in grant.operations
        }
        assert {acl["resource"].get("patternType", "literal") for acl in spec["authorization"]["acls"]} == {"literal"}


# access


def test_each_topic_is_written_by_the_writers_the_catalogue_names() -> None:
    for topic in TOPICS:
        meant = WRITERS[topic.writer]
        assert any(BY_USER[user].may("Write", "topic", topic.name) for user in meant), topic.name


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic.writer == "stoplist"], ids=lambda one: one.name)
def test_what_stoplist_says_nobody_else_can_say(topic: Any) -> None:
    may = {access.user for access in ROLES if access.may("Write", "topic", topic.name)}
    assert may <= {"worker", "importance", "operator"}
    assert topic.name == "policies" or "operator" not in may


def test_judgements_are_written_by_people_and_forwarded_by_the_worker() -> None:
    may = {access.user for access in ROLES if access.may("Write", "topic", "judgements")}
    assert may == {"credit-manager", "server", "worker", "operator"}


@pytest.mark.parametrize(
    ("user", "settings", "group"),
    [("worker", EngineSettings(), GROUP), ("importance", of_scopes(EngineSettings(), 1 << 20), GROUP_IMPORTANCE)],
    ids=["clients", "importance"],
)
def test_a_worker_may_what_its_fold_does(user: str, settings: EngineSettings, group: str) -> None:
    access = BY_USER[user]
    assert settings.application_id == group
    assert access.may("Read", "group", group)
    own = (settings.journal_topic, settings.snapshot_topic)
    for topic in (*settings.input_topics, *own, *settings.compacted_output_topics):
        assert access.may("Read", "topic", topic), topic
    for topic in (*settings.output_topics, *own, *settings.input_topics):  # a misrouted record goes back to its input
        assert access.may("Write", "topic", topic), topic
    assert access.may("Delete", "topic", settings.journal_topic)  # it is cut


def test_the_server_may_read_what_its_pages_are_made_of_and_write_what_is_said_on_them() -> None:
    said = {TOPIC_OF_TYPE[kind] for kind in (*JUDGED, *ACCOUNTED, RECEIVED, "shipment.requested", "shipment.cancelled")}
    assert _granted("server", "Read") == {*facts.TOPICS, *recent.TOPICS}
    assert _granted("server", "Write") == said


def test_the_projector_may_read_what_it_keeps_and_see_how_long_the_rest_is() -> None:
    assert _granted("projector", "Read") == {*ANSWERS, *OTHERS, JOURNAL}
    assert _granted("projector", "Write") == set()
    assert _granted("projector", "Read") | _granted("projector", "Describe") >= {*FOLDED}


def _granted(user: str, operation: str) -> set[str]:
    return {grant.name for grant in BY_USER[user].grants if grant.resource == "topic" and operation in grant.operations}


# workloads


def test_the_programs_are_there() -> None:
    assert WORKLOADS.keys() == {*WORKERS, "stoplist-projector", "stoplist-server", "stoplist-redis"}
    assert {(one["kind"], name) for name, one in WORKLOADS.items() if name in WORKERS} == {
        ("StatefulSet", name) for name in WORKERS
    }


@pytest.mark.parametrize("name", WORKLOADS)
def test_nobody_is_root_and_nothing_can_be_changed(name: str) -> None:
    spec = pod(WORKLOADS[name])
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] > 0
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
    assert not any("hostPath" in volume for volume in spec["volumes"])
    for container in spec["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}
        assert container["resources"]["limits"].keys() == {"memory"}
        assert re.fullmatch(r"[a-z0-9./-]+:[0-9]+\.[0-9][a-z0-9.-]*", container["image"])


@pytest.mark.parametrize("name", sorted(OURS))
def test_containers_run_commands_that_exist_as_users_that_exist(name: str) -> None:
    (container,) = containers(WORKLOADS[name])
    assert container["args"][0] in COMMANDS
    environment = {one["name"]: one.get("value") for one in container["env"]}
    user = environment["STOPLIST_SASL_USERNAME"]
    assert user == name
    assert user.removeprefix("stoplist-") in BY_USER
    secrets = {
        volume["name"]: volume["secret"]["secretName"]
        for volume in pod(WORKLOADS[name])["volumes"]
        if "secret" in volume
    }
    assert secrets["user"] == user


@pytest.mark.parametrize("name", sorted(WORKLOADS))
def test_secrets_are_referred_to_and_never_written_down(name: str) -> None:
    spec = pod(WORKLOADS[name])
    known = {one["metadata"]["name"] for one in MANIFESTS if one["kind"] == "KafkaUser"}
    known |= {"stoplist-kafka-cluster-ca-cert"} | _MADE_BY_HAND
    mounted = {volume["secret"]["secretName"] for volume in spec["volumes"] if "secret" in volume}
    asked = {
        one["valueFrom"]["secretKeyRef"]["name"]
        for container in spec["containers"]
        for one in container.get("env", [])
        if "secretKeyRef" in one.get("valueFrom", {})
    }
    assert mounted | asked <= known
    assert not any(one["kind"] == "Secret" for one in MANIFESTS)
    declared = {volume["name"] for volume in spec["volumes"]}
    for container in spec["containers"]:
        assert {mount["name"] for mount in container["volumeMounts"]} == declared


@pytest.mark.parametrize("name", sorted(OURS))
def test_secrets_are_mounted_so_that_programs_take_them_for_secrets(name: str) -> None:
    spec = pod(WORKLOADS[name])
    us = spec["securityContext"]
    assert us["fsGroup"] == us["runAsGroup"]  # through which it reads them
    secrets = {volume["name"]: volume["secret"] for volume in spec["volumes"] if "secret" in volume}
    del secrets["ca"]  # is none
    assert secrets.keys() >= {"user"}
    assert [
        one for one, secret in secrets.items() if is_read_by_others(secret["defaultMode"], 0, us["runAsUser"])
    ] == []


@pytest.mark.parametrize("name", sorted(OURS))
def test_variables_are_settings(name: str) -> None:
    (container,) = containers(WORKLOADS[name])
    maps = [named(MANIFESTS, "ConfigMap", one["configMapRef"]["name"])["data"] for one in container["envFrom"]]
    names = {variable for data in maps for variable in data} | {one["name"] for one in container["env"]}
    ours = {variable for variable in names if variable.startswith(PREFIX)}
    assert {variable.removeprefix(PREFIX).lower() for variable in ours} <= WorkerSettings.model_fields.keys()
    files_named = [value for data in maps for key, value in data.items() if key.endswith("_FILE")]
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert {value.rpartition("/")[0] for value in files_named} <= mounts


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_keeps_its_name_and_is_asked_where_it_answers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (container,) = containers(WORKLOADS[name])
    assert container["args"] == ["worker", "--fold", WORKERS[name]]
    env = {one["name"]: one for one in container["env"]}
    assert env["STOPLIST_INSTANCE_ID"]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
    for variable, value in named(MANIFESTS, "ConfigMap", "stoplist-worker")["data"].items():
        monkeypatch.setenv(variable, value)
    settings = WorkerSettings()
    (port,) = container["ports"]
    assert (settings.metrics_host, settings.metrics_port) == ("0.0.0.0", port["containerPort"])
    probes = {kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    assert probes == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}
    assert all(container[f"{kind}Probe"]["timeoutSeconds"] > 5 for kind in probes)  # /healthz waits 5 s for the loop
    assert pod(WORKLOADS[name])["terminationGracePeriodSeconds"] * 1000 > settings.stop_timeout_ms
    assert WORKLOADS[name]["spec"]["serviceName"] == name
    assert named(MANIFESTS, "Service", name)["spec"]["clusterIP"] == "None"


@pytest.mark.parametrize(("folder", "clients"), [(BASE, 100_000), (PRODUCTION, 200_000)], ids=["base", "production"])
def test_memory_holds_the_clients_it_is_said_to_hold(folder: Any, clients: int) -> None:
    # all partitions on one worker, while the other restarts
    (container,) = containers(named(built(folder), "StatefulSet", "stoplist-worker"))
    settings = worker_settings()
    held = memory_of(clients)
    inputs = len(EngineSettings().input_topics) * PARTITIONS_DEFAULT
    buffers = inputs * 3 * settings.fetch_bytes_max
    limits = container["resources"]
    assert _bytes(limits["requests"]["memory"]) >= held
    assert _bytes(limits["limits"]["memory"]) >= held + buffers
    row = re.search(rf"^\| {clients:,} \(.+\) \| ([0-9.]+) GB \| (.+) \| (.+) \|$", _MEMORY_OF_WORKERS, re.MULTILINE)
    assert row
    assert float(row[1]) == pytest.approx(held / 1e9, abs=0.05)
    assert [_bytes(said) for said in row.groups()[1:]] == [
        _bytes(limits[kind]["memory"]) for kind in ("requests", "limits")
    ]


@pytest.mark.parametrize(("folder", "clients"), [(BASE, 100_000), (PRODUCTION, 200_000)], ids=["base", "production"])
def test_redis_holds_the_read_model_of_as_many_and_is_full_before_the_kernel_ends_it(folder: Any, clients: int) -> None:
    (container,) = containers(named(built(folder), "Deployment", "stoplist-redis"))
    (may,) = [one["value"] for one in container["env"] if one["name"] == "REDIS_MEMORY_MAX"]
    assert container["args"][container["args"].index("--maxmemory") + 1] == "$(REDIS_MEMORY_MAX)"
    memory_max = int(may.removesuffix("gb")) * _BYTES["Gi"]  # to Redis a gb has 1024 mb
    taken = clients * said_bytes_per_client()
    limits = container["resources"]
    assert _bytes(limits["requests"]["memory"]) >= 1.5 * taken
    assert memory_max >= 2 * taken
    assert _bytes(limits["limits"]["memory"]) >= 1.3 * memory_max


@pytest.mark.parametrize(("folder", "clients"), [(BASE, 100_000), (PRODUCTION, 200_000)], ids=["base", "production"])
def test_the_fold_of_scopes_holds_as_many(folder: Any, clients: int) -> None:
    said = re.search(
        r"([0-9]+) bytes for each client in each of its directions and territories, three on average", _MEMORY
    )
    assert said
    taken = WORKER_BYTES + 3 * clients * int(said[1])
    inputs = of_scopes(EngineSettings(), 1 << 20).input_topics
    buffers = len(inputs) * PARTITIONS_DEFAULT * 3 * worker_settings().fetch_bytes_max
    (container,) = containers(named(built(folder), "StatefulSet", "stoplist-importance"))
    limits = container["resources"]
    assert _bytes(limits["requests"]["memory"]) >= taken
    assert _bytes(limits["limits"]["memory"]) >= taken + buffers


@pytest.mark.parametrize(("folder", "clients"), [(BASE, 100_000), (PRODUCTION, 200_000)], ids=["base", "production"])
def test_the_server_holds_the_desk_of_as_many(folder: Any, clients: int) -> None:
    said = re.search(r"server takes ([0-9]+) MB and ([0-9,]+) bytes for each client", _MEMORY)
    assert said
    taken = int(said[1]) * 1e6 + clients * int(said[2].replace(",", ""))
    (container,) = containers(named(built(folder), "Deployment", "stoplist-server"))
    limits = container["resources"]
    assert _bytes(limits["requests"]["memory"]) >= taken
    assert _bytes(limits["limits"]["memory"]) >= 1.5 * taken


# what goes with the workloads


def test_scaling_follows_the_workers_lag_and_stays_within_the_partitions() -> None:
    scaled = named(MANIFESTS, "ScaledObject", "stoplist-worker")["spec"]
    assert scaled["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "stoplist-worker"}
    assert scaled["minReplicaCount"] == 2
    assert "replicas" not in WORKLOADS["stoplist-worker"]["spec"]  # each apply would set it back to that
    assert scaled["maxReplicaCount"] == PARTITIONS_DEFAULT
    (trigger,) = scaled["triggers"]
    assert trigger["type"] == "kafka"
    metadata = trigger["metadata"]
    assert tuple(map(int, metadata["version"].split("."))) >= (2, 1, 0)  # KIP-896: Kafka 4 speaks with no older client
    assert metadata["consumerGroup"] == GROUP == worker_settings().application_id
    assert metadata["bootstrapServers"] == named(MANIFESTS, "ConfigMap", "stoplist")["data"]["STOPLIST_BOOTSTRAP"]
    assert all(isinstance(value, str) for value in metadata.values())
    scaler = named(MANIFESTS, "ConfigMap", "stoplist-scaler")["data"]
    assert scaler["username"].removeprefix("stoplist-") in BY_USER
    asked = named(MANIFESTS, "TriggerAuthentication", trigger["authenticationRef"]["name"])["spec"]
    assert {one["key"] for one in asked["configMapTargetRef"]} <= scaler.keys()
    assert {one["parameter"] for kind in asked.values() for one in kind} == {
        "sasl",
        "tls",
        "username",
        "password",
        "ca",
    }


def test_a_drained_node_takes_one_at_a_time() -> None:
    budgets = {
        one["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"]: one["spec"]
        for one in MANIFESTS
        if one["kind"] == "PodDisruptionBudget"
    }
    assert budgets.keys() == {"stoplist-worker", "stoplist-importance", "stoplist-server"}
    for name, budget in budgets.items():
        assert budget.get("maxUnavailable") == 1 or budget["minAvailable"] < WORKLOADS[name]["spec"]["replicas"]


def _policies(name: str, way: str) -> list[Manifest]:
    """The network policies that meet pods of this name."""
    met = []
    for one in MANIFESTS:
        if one["kind"] == "NetworkPolicy" and way in one["spec"]["policyTypes"]:
            selector = one["spec"]["podSelector"]
            by_label = selector.get("matchLabels", {})
            names = [value for expression in selector.get("matchExpressions", []) for value in expression["values"]]
            if (
                name in names
                or by_label.get("app.kubernetes.io/name") == name
                or "app.kubernetes.io/part-of" in by_label
            ):
                met.append(one["spec"])
    return met


def _ports(name: str, way: str) -> set[int]:
    return {
        port["port"]
        for policy in _policies(name, way)
        for rule in policy.get(way.lower(), [])
        for port in rule["ports"]
    }


@pytest.mark.parametrize(
    ("name", "comes_in", "goes_out"),
    [
        ("stoplist-worker", {9464}, {53, 9093}),
        ("stoplist-importance", {9464}, {53, 9093}),
        ("stoplist-projector", {9464}, {53, 9093, 6379}),
        ("stoplist-server", {8650}, {53, 9093, 6379}),
        ("stoplist-redis", {6379}, set()),
    ],
)
def test_the_network_lets_through_what_is_needed_and_no_more(name: str, comes_in: set[int], goes_out: set[int]) -> None:
    assert _ports(name, "Ingress") == comes_in
    assert _ports(name, "Egress") == goes_out
    template = WORKLOADS[name]["spec"]["template"]["metadata"]["labels"]
    assert template["app.kubernetes.io/part-of"] == "stoplist"  # else not even the policy that closes all would meet it
    everywhere = [
        rule for policy in _policies(name, "Ingress") for rule in policy.get("ingress", []) if not rule.get("from")
    ]
    assert everywhere == []


def test_services_and_selectors_find_their_pods() -> None:
    for name, workload in WORKLOADS.items():
        labels = workload["spec"]["template"]["metadata"]["labels"]
        assert workload["spec"]["selector"]["matchLabels"].items() <= labels.items(), name
    for service in (one for one in MANIFESTS if one["kind"] == "Service"):
        target = WORKLOADS[service["spec"]["selector"]["app.kubernetes.io/name"]]
        ports = {port["name"] for container in containers(target) for port in container.get("ports", [])}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports


def test_names_are_used_once() -> None:
    names = [(one["kind"], one["metadata"]["name"]) for one in MANIFESTS]
    assert sorted(set(names)) == sorted(names)


# alerts and dashboard


def test_alerts_ask_for_metrics_there_are_and_say_what_to_do() -> None:
    known = {metric.name for metric in (*WORKER_METRICS, *SERVER_METRICS, *PROJECTOR_METRICS)}
    for alert in ALERTS:
        assert set(_METRIC.findall(alert.expression)) <= known, alert.name
        assert alert.remedy.endswith("."), alert.name
    assert len({alert.name for alert in ALERTS}) == len(ALERTS)


def test_alerts_and_scraping_speak_of_the_same_jobs() -> None:
    scraped = yaml.safe_load((CHECKOUT / "deploy/prometheus/prometheus.yaml").read_text("utf-8"))["scrape_configs"]
    assert {CLIENTS_JOB, SCOPES_JOB} == WORKERS.keys()
    assert {job["job_name"] for job in scraped} == {CLIENTS_JOB, SCOPES_JOB, PROJECTOR_JOB, SERVER_JOB} == OURS
    (expression,) = named(MANIFESTS, "PodMonitor", "stoplist")["spec"]["selector"]["matchExpressions"]
    assert set(expression["values"]) == {*WORKERS, PROJECTOR_JOB}
    server = named(MANIFESTS, "PodMonitor", "stoplist-server")["spec"]
    assert server["selector"]["matchLabels"] == {"app.kubernetes.io/name": SERVER_JOB}
    (asked,) = server["podMetricsEndpoints"]
    assert asked["authorization"]["credentials"]["name"] in _MADE_BY_HAND
    monitors = [one["spec"] for one in MANIFESTS if one["kind"] == "PodMonitor"]
    assert {one["jobLabel"] for one in monitors} == {"app.kubernetes.io/name"}


def test_what_is_made_by_hand_is_made_on_the_page() -> None:
    page = (CHECKOUT / "docs/deploy.md").read_text("utf-8")
    assert set(re.findall(r"create secret generic (\S+)", page)) == _MADE_BY_HAND


def test_a_server_that_says_unknown_stays_within_reach() -> None:
    (server,) = containers(WORKLOADS["stoplist-server"])
    assert {server[f"{kind}Probe"]["httpGet"]["path"] for kind in ("liveness", "readiness")} == {"/healthz"}
    assert SERVER_METRICS[0].name in "".join(alert.expression for alert in ALERTS)


def test_the_ingress_ends_tls_before_a_server_that_knows_it_and_holds_no_event_back() -> None:
    folder = KUBERNETES / "components/ingress"
    (component,) = documents(folder / "kustomization.yaml")
    assert component["kind"] == "Component"
    (ingress,) = [one for name in component["resources"] for one in documents(folder / name)]
    spec, notes = ingress["spec"], ingress["metadata"]["annotations"]
    (rule,) = spec["rules"]
    assert [rule["host"]] == spec["tls"][0]["hosts"]  # nothing is answered without TLS
    (path,) = rule["http"]["paths"]
    service = named(MANIFESTS, "Service", path["backend"]["service"]["name"])
    assert path["backend"]["service"]["port"]["name"] in {port["name"] for port in service["spec"]["ports"]}
    (server,) = containers(WORKLOADS["stoplist-server"])
    assert "--https" in server["args"]
    assert notes["nginx.ingress.kubernetes.io/proxy-buffering"] == "off"
    assert int(notes["nginx.ingress.kubernetes.io/proxy-read-timeout"]) > 15  # of a stream's signs of life
    assert "ingress-nginx" in str(_policies("stoplist-server", "Ingress"))  # it may reach the server


def test_prometheus_reaches_what_it_asks() -> None:
    for name in OURS:
        (container,) = containers(WORKLOADS[name])
        for port in container.get("ports", []):
            sources = [
                source["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
                for policy in _policies(name, "Ingress")
                for rule in policy.get("ingress", [])
                if {"protocol": "TCP", "port": port["containerPort"]} in rule["ports"]
                for source in rule["from"]
            ]
            assert "monitoring" in sources, name


def test_the_namespace_takes_our_pods_and_those_of_strimzi() -> None:
    labels = named(MANIFESTS, "Namespace", "stoplist")["metadata"]["labels"]
    # what Strimzi's pods keep to by themselves, and what ours keep to
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
    assert labels["pod-security.kubernetes.io/warn"] == "restricted"


def test_the_dashboard_shows_every_metric_and_no_other() -> None:
    shown = json.loads((CHECKOUT / "deploy/grafana/dashboards/stoplist.json").read_text("utf-8"))
    asked = {
        name.removesuffix("_bucket")
        for panel in shown["panels"]
        for target in panel["targets"]
        for name in _METRIC.findall(target["expr"])
    }
    assert asked == {metric.name for metric in (*WORKER_METRICS, *SERVER_METRICS, *PROJECTOR_METRICS)}


def test_panels_of_the_dashboard_do_not_cover_each_other() -> None:
    shown = json.loads((CHECKOUT / "deploy/grafana/dashboards/stoplist.json").read_text("utf-8"))
    taken: set[tuple[int, int]] = set()
    for place in (panel["gridPos"] for panel in shown["panels"]):
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in shown["panels"]}) == len(shown["panels"])


def test_every_input_is_somebodys_to_write() -> None:
    departments = {"accounting", "sales-desk", "warehouse", "sales-system", "crm", "credit-manager"}
    for topic in set(INPUTS) - {"policies"}:
        assert any(BY_USER[user].may("Write", "topic", topic) for user in departments), topic


def test_the_page_lists_the_users_with_what_departments_may() -> None:
    page = (CHECKOUT / "docs/deploy.md").read_text("utf-8")
    rows = {
        user: (set(re.findall(r"`([a-z-]+)`", writes)), set(re.findall(r"`([a-z-]+)`", reads)))
        for users, writes, reads in re.findall(r"^\| ((?:`[a-z-]+`(?:, )?)+) \| (.+) \| (.+) \|$", page, re.MULTILINE)
        for user in re.findall(r"`([a-z-]+)`", users)
    }
    assert rows.keys() == BY_USER.keys()
    for user in ("accounting", "sales-desk", "warehouse", "sales-system", "crm", "dashboard"):
        allowed: dict[str, set[str]] = {
            operation: {topic.name for topic in TOPICS if BY_USER[user].may(operation, "topic", topic.name)}
            for operation in ("Write", "Read")
        }
        assert rows[user] == (allowed["Write"], allowed["Read"]), user


def test_the_image_has_the_version_of_the_project() -> None:
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    tags = {
        container["image"].rpartition(":")[2]
        for manifests in (built(BASE), MANIFESTS)
        for one in manifests
        if one["metadata"]["name"] in OURS
        for container in containers(one)
    }
    assert tags == {version}
