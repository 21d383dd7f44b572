"""The deployments are those of services.yaml, and the broker's policies fit the names the chassis declares."""

import json
import re
from pathlib import Path

import pytest
import yaml

from chassis.events import STREAM
from chassis.topology import PARKED, RETRY_LADDER, retry_queue
from deploy.compose.render import COMPOSE, main, rendered
from deploy.local.broker import POLICIES
from deploy.local.services import load

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = load()
CONTAINERS = yaml.safe_load(COMPOSE.read_text())["services"]
DOCKERFILE = (COMPOSE.parent / "Dockerfile").read_text()


def test_compose_is_what_services_yaml_says():
    assert COMPOSE.read_text() == rendered()
    assert main(["--check"]) == 0


def test_the_list_names_every_service_there_is():
    folders = {folder.parent.name for folder in ROOT.glob("services/*/service.py")}
    assert {program.name for program in PROGRAMS if program.is_service} == folders


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_each_program_is_a_container_with_a_healthcheck_and_time_to_drain(program):
    container = CONTAINERS[program.name]
    assert container["command"] == ["python", *program.arguments]
    assert f":{program.ports['metrics']}/readyz" in container["healthcheck"]["test"][-1]
    assert container["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
    assert int(container["stop_grace_period"].removesuffix("s")) > 10 + 5
    published = {port.rpartition(":")[2] for port in container.get("ports", [])}
    assert published == {str(port) for name, port in program.ports.items() if name != "metrics"}
    for name, port in program.ports.items():
        assert container["environment"][program.port_variable(name)] == str(port)


def test_the_signing_key_reaches_the_directory_and_nobody_else():
    holders = {name for name, container in CONTAINERS.items() if "private-key" in str(container.get("volumes"))}
    assert holders == {"prepare", "directory"}


@pytest.mark.parametrize("server", ["postgres", "rabbitmq"])
def test_the_servers_are_pinned_and_checked(server):
    assert re.search(r":\d+\.\d+", CONTAINERS[server]["image"])
    assert CONTAINERS[server]["healthcheck"]["test"][0] == "CMD"


def test_the_image_holds_every_package_that_a_process_imports():
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    assert {"chassis", "contracts", "workdays", "services", "gateway", "gen", "proto", "simulator", "deploy"} <= copied
    assert re.search(r"^FROM python:3\.11\.\d+-", DOCKERFILE, re.MULTILINE)
    assert "--require-hashes" in DOCKERFILE


def matching(queue):
    """The policy RabbitMQ would pick: the highest priority among those whose pattern matches."""
    policies = json.loads(POLICIES.read_text())["policies"]
    found = [policy for policy in policies if re.search(policy["pattern"], queue)]
    return max(found, key=lambda policy: policy["priority"], default=None)


@pytest.mark.parametrize(("delay", "milliseconds"), [("1s", 1_000), ("10s", 10_000), ("1m", 60_000), ("10m", 600_000)])
def test_each_rung_of_the_ladder_waits_its_time_and_leads_home(delay, milliseconds):
    assert delay in RETRY_LADDER
    policy = matching(retry_queue(delay))
    assert policy["definition"]["message-ttl"] == milliseconds
    assert policy["definition"]["dead-letter-exchange"] == ""
    assert policy["definition"]["dead-letter-strategy"] == "at-least-once"


def test_no_rung_is_without_a_policy():
    assert [matching(retry_queue(delay))["name"] for delay in RETRY_LADDER] == [f"hallbus-retry-{delay}" for delay in RETRY_LADDER]


@pytest.mark.parametrize(
    ("queue", "policy"),
    [
        (STREAM, "hallbus-log"),
        ("scoring.facts", "hallbus-work"),
        ("attendance.devices_punch_recorded", "hallbus-work"),
        ("scoring.facts" + PARKED, "hallbus-parked"),
    ],
)
def test_each_kind_of_queue_has_its_policy(queue, policy):
    assert matching(queue)["name"] == policy


@pytest.mark.parametrize("queue", ["rpc-intake", "amq.gen-x1", "hallbus.retry.5s"])
def test_other_queues_are_left_alone(queue):
    assert matching(queue) is None
