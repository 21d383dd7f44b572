"""The generated documents: those of the contracts, valid by their own specifications, and saying what the contracts say."""

import copy
import json
from datetime import datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from contracts import REGISTRY, ContractError, docs, envelope
from contracts.json_schema import ConversionError, object_schema
from contracts.registry import Payload

CONTRACTS = list(REGISTRY)
FORMATS = FormatChecker(["date"])


@FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(value):
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


def read(name):
    return json.loads((docs.DOCS / name).read_text(encoding="utf-8"))


def test_committed_documents_and_snapshots_are_those_of_the_contracts():
    assert docs.check() == []


def test_generation_is_deterministic():
    assert docs.documents() == docs.documents()


def test_drift_is_told_with_the_command_that_mends_it(tmp_path):
    assert set(docs.write(tmp_path)) == set(docs.documents())
    assert docs.check(tmp_path) == []

    (tmp_path / "events.md").write_text("edited by hand")
    (tmp_path / "schemas" / "gone.gone.gone.v1.json").write_text("{}")
    (tmp_path / "asyncapi.json").unlink()
    assert docs.check(tmp_path) == [
        "docs/asyncapi.json is not that of the contracts",
        "docs/events.md is not that of the contracts",
        "docs/schemas/gone.gone.gone.v1.json is not that of the contracts",
        "run: python -m contracts.docs   (or make docs)",
    ]

    docs.write(tmp_path)
    assert docs.check(tmp_path) == []
    assert not (tmp_path / "schemas" / "gone.gone.gone.v1.json").exists()


def test_the_command_line_says_what_is_wrong_and_fails(monkeypatch, capsys):
    monkeypatch.setattr(docs, "check", lambda: ["docs/events.md is not that of the contracts", "run: python -m contracts.docs"])
    assert docs.main(["--check"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "contracts.docs: docs/events.md is not that of the contracts",
        "contracts.docs: run: python -m contracts.docs",
    ]


def test_the_page_names_every_event_field_and_reader():
    page = docs.documents()["events.md"]
    for contract in CONTRACTS:
        section = page.split(f"### {contract.type} v{contract.version}\n")[1].split("\n### ")[0]
        assert all(f"| `{name}` |" in section for name in contract.schema().fields)
        assert section.count("```json") == len(contract.examples)
    for reader in docs.consumers():
        assert f"`{reader.queue}`" in page


# --- JSON Schemas


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.wire_type)
def test_json_schema_is_valid_and_accepts_exactly_its_own_examples(contract):
    schema = read(f"schemas/{contract.type}.v{contract.version}.json")
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=FORMATS)
    for index in range(len(contract.examples)):
        message = envelope.example(contract, index)
        assert list(validator.iter_errors(message)) == []
        assert not validator.is_valid({**message, "type": "hallbus.other.thing.done.v1"})
        assert not validator.is_valid({**message, "source": "/hallbus/other"})
        assert not validator.is_valid({**message, "sequence": 1})
        for name in schema["properties"]["data"]["required"]:
            assert not validator.is_valid({**message, "data": {key: value for key, value in message["data"].items() if key != name}})
        assert validator.is_valid({**message, "data": {**message["data"], "added_later": 1}}), "readers must tolerate additions"


def places(value, path=()):
    """Paths to every value inside a JSON value."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def put(value, path, new):
    """A copy of a JSON value with another value at a path; `...` takes the place out."""
    changed = copy.deepcopy(value)
    *way, last = path
    target = changed
    for key in way:
        target = target[key]
    if new is ...:
        del target[last]
    else:
        target[last] = new
    return changed


texts = st.text(max_size=70) | st.sampled_from(
    [
        "2026-11-23",
        "2026-02-30",
        "20261123",
        "2026-11-23T00:00:00Z",
        "2026-11-23T00:00:00",
        "2026-11-23T25:00:00+00:00",
        "-0.50",
        "0.5",
        "true",
        "a b",
    ]
)
strange = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(0.5)
    | texts
    | st.lists(texts, max_size=2)
    | st.dictionaries(texts, texts, max_size=1)
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_contract_and_its_json_schema_accept_the_same_data(data):
    contract = data.draw(st.sampled_from(CONTRACTS))
    example = data.draw(st.sampled_from(contract.examples))
    path = data.draw(st.sampled_from([path for path in places(example) if path]))
    new = data.draw(strange | st.just(...))
    # Python's `$` lets a line feed pass at the end; that of JSON Schema's dialect does not.
    assume("\n" not in json.dumps(None if new is ... else new).replace("\\n", "\n"))
    changed = put(example, path, new)
    schema = object_schema(contract.schema, closed=True)
    try:
        contract.validate(changed)
        accepted = True
    except ContractError:
        accepted = False
    assert Draft202012Validator(schema, format_checker=FORMATS).is_valid(changed) == accepted


def test_a_field_without_an_agreed_json_schema_is_refused_by_name():
    from marshmallow import fields

    loose = Payload.from_dict({"amount": fields.Float(required=True)}, name="Loose")
    with pytest.raises(ConversionError, match=r"Loose\.amount: no JSON Schema is agreed for marshmallow's Float"):
        object_schema(loose)
    lax = Payload.from_dict({"amount": fields.Integer(required=True)}, name="Lax")
    with pytest.raises(ConversionError, match=r"Lax\.amount: .*integers must be strict"):
        object_schema(lax)
    own = Payload.from_dict({"word": fields.String(validate=lambda _value: True)}, name="Own")
    with pytest.raises(ConversionError, match=r"Own\.word: no JSON Schema is agreed for the validator"):
        object_schema(own)
