"""services.yaml is refused with the entry, the field and the reason."""

import pytest
import yaml

from deploy.local.services import Program, ServicesError, load


def entry(**changes):
    return {"schema": "intake", "processes": 1, "max_workers": 10, "ports": {"metrics": 9102}} | changes


def written(tmp_path, intake, others=None):
    path = tmp_path / "services.yaml"
    path.write_text(yaml.dump({"services": {"intake": intake}, "others": others or {}}))
    return path


@pytest.mark.parametrize(
    ("intake", "message"),
    [
        (entry(schema="cases"), r"intake\.schema: must be 'intake'"),
        (entry(processes=0), r"intake\.processes: must be a whole number above 0, not 0"),
        (entry(max_workers="many"), r"intake\.max_workers: must be a whole number above 0, not 'many'"),
        (entry(ports={}), r"intake\.ports\.metrics: is missing"),
        (entry(ports={"metrics": 70000}), r"intake\.ports\.metrics: 70000 is no port number"),
        (entry(ports={"metrics": 9102, "http": 9102}), r"intake\.ports\.\w+: 9102 is given to more than one"),
        (entry(processes=2, ports={"metrics": 9102, "http": 8081}), r"intake\.processes: several processes"),
        (entry(threads=4), r"intake\.threads: no such field"),
        ({"schema": "intake"}, r"intake\.max_workers: is missing"),
    ],
)
def test_a_wrong_entry_is_refused(tmp_path, intake, message):
    with pytest.raises(ServicesError, match=message):
        load(written(tmp_path, intake))


def test_a_program_is_loaded_with_its_variables(tmp_path):
    service, gateway = load(written(tmp_path, entry(), {"gateway": {"module": "gateway", "ports": {"main": 50051, "metrics": 9100}}}))
    assert service.arguments == ("-m", "chassis.runner", "intake")
    assert service.settings == {"HALLBUS_INTAKE_MAX_WORKERS": "10"}
    assert service.port_variable("metrics") == "HALLBUS_INTAKE_METRICS_PORT"
    assert gateway == Program(name="gateway", arguments=("-m", "gateway"), ports={"main": 50051, "metrics": 9100})
    assert gateway.port_variable("main") == "HALLBUS_GATEWAY_PORT"
    assert not gateway.is_service


def test_another_shape_is_refused(tmp_path):
    path = tmp_path / "services.yaml"
    path.write_text("services: {}\n")
    with pytest.raises(ServicesError, match="exactly `services` and `others`"):
        load(path)
