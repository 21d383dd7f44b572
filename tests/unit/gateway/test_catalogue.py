"""Names of methods, and code generation."""

import pytest
from google.rpc import error_details_pb2, status_pb2

from chassis.errors import InvalidArgument, Violation
from gateway import protogen
from gateway.catalogue import snake
from gateway.failures import failure


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AcceptCase", "accept_case"),
        ("GetKpis", "get_kpis"),
        ("VerifyApiKey", "verify_api_key"),
        ("GetHTTPStatus", "get_http_status"),
        ("Open", "open"),
    ],
)
def test_methods_are_named_as_the_services_name_them(name, expected):
    assert snake(name) == expected


def test_the_status_of_an_error_stays_below_what_a_client_can_receive():
    violations = [Violation("字段" * 500, "错" * 5000) for _ in range(500)]
    metadata = {f"key{n}": "值" * 5000 for n in range(50)}
    told = failure(InvalidArgument("INVALID_REQUEST", "长" * 50_000, violations=violations, **metadata), service="intake")
    assert len(told.details) * 4 / 3 + len(told.message.encode()) * 3 < 8000
    status = status_pb2.Status.FromString(told.details)
    bad = error_details_pb2.BadRequest()
    assert status.details[1].Unpack(bad)
    assert len(bad.field_violations) > 0


@pytest.fixture
def proto(tmp_path):
    """A proto folder with one good file."""
    folder = tmp_path / "proto" / "hallbus" / "v1"
    folder.mkdir(parents=True)
    (folder / "good_test.proto").write_text('syntax = "proto3"; package hallbus.v1.good; message Good { string name = 1; }\n')
    return tmp_path / "proto"


def test_generating_twice_gives_the_same_and_only_changes_are_written(proto, tmp_path):
    gen = tmp_path / "gen"
    outputs = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        outputs.append(protogen.generate(tmp_path / name, proto=proto))
    assert outputs[0] == outputs[1]
    output, refused = outputs[0]
    assert (protogen.write(output, refused, gen=gen), protogen.write(output, refused, gen=gen)) == (sorted(output), [])
    assert protogen.drift(output, gen=gen) == []


def test_drift_is_told_by_file(proto, tmp_path):
    gen, target = tmp_path / "gen", tmp_path / "target"
    target.mkdir()
    output, _ = protogen.generate(target, proto=proto)
    protogen.write(output, [], gen=gen)
    (gen / "hallbus/v1/good_test_pb2.py").write_text("# edited by hand\n")
    (gen / "hallbus/v1/gone_pb2.py").write_text("")
    assert protogen.drift(output, gen=gen) == ["differs: hallbus/v1/good_test_pb2.py", "left over: hallbus/v1/gone_pb2.py"]


def test_a_proto_that_does_not_compile_keeps_its_old_code_and_does_not_stop_the_others(proto, tmp_path):
    gen, target = tmp_path / "gen", tmp_path / "target"
    target.mkdir()
    (proto / "hallbus/v1/bad_test.proto").write_text("message {")
    (gen / "hallbus/v1").mkdir(parents=True)
    (gen / "hallbus/v1/bad_test_pb2.py").write_text("# as it was\n")
    output, refused = protogen.generate(target, proto=proto)
    protogen.write(output, refused, gen=gen)
    assert refused == ["hallbus/v1/bad_test.proto"]
    assert sorted(path.name for path in (gen / "hallbus/v1").iterdir()) == ["bad_test_pb2.py", "good_test_pb2.py"]
