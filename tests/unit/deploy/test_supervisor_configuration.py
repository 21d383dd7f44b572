"""supervisord's configuration from the list of programs."""

import configparser
from pathlib import Path

import pytest

from deploy.local.services import Program
from deploy.local.supervisor import Layout, instances, render

LAYOUT = Layout(run=Path("/srv/100% hall/.local/run"), log=Path("/srv/100% hall/.local/log"), stop_seconds=16)


@pytest.fixture
def configuration():
    program = Program(name="intake", arguments=("-m", "chassis.runner", "intake"), ports={"metrics": 9102}, schema="intake", processes=2)
    parser = configparser.ConfigParser()
    parser.read_string(render(instances([program], {"HALLBUS_INTAKE_METRICS_PORT": 9102}), LAYOUT))
    return parser


def test_each_process_of_a_service_has_its_own_entry_and_metrics_port(configuration):
    ports = {name: configuration.get(name, "environment", raw=True) for name in configuration.sections() if name.startswith("program:")}
    assert ports == {
        "program:intake": 'HALLBUS_INTAKE_METRICS_PORT="9102"',
        "program:intake-2": 'HALLBUS_INTAKE_METRICS_PORT="9202"',
    }


def test_a_process_is_restarted_and_may_drain(configuration):
    program = configuration["program:intake"]
    assert program.getboolean("autorestart")
    assert int(program["stopwaitsecs"]) == 16
    assert program.get("stdout_logfile") == "/srv/100% hall/.local/log/intake.log"


def test_the_control_socket_fits_into_a_socket_address():
    deep = Layout(run=Path("/srv", *["a-long-folder-name"] * 6), log=Path("/srv"), stop_seconds=16)
    assert LAYOUT.socket == LAYOUT.run / "supervisor.sock"
    assert len(str(deep.socket)) < 100
