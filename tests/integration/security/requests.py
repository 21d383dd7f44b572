"""Makes a valid request for any method from its service's own schema, so that a new method is in the matrix without a line here."""

from __future__ import annotations

import functools
import importlib
import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import MethodDescriptor
from marshmallow import Schema, ValidationError, fields

import workdays
from chassis.paging import MAX_SIZE
from gateway import catalogue
from gateway.catalogue import SUBSCRIBE, Rule
from tests.plugin import ROOT, WORKING_DAY

#: The day that the processes of the matrix show (`a_working_day`).
TODAY = workdays.beijing_date(WORKING_DAY).isoformat()
TOMORROW = workdays.Calendar().next_workday(workdays.beijing_date(WORKING_DAY)).isoformat()
HALL, OTHER_HALL, OTHER_REGION = "h0001", "h0002", "52.02.02"
# The things of HALL that the setup makes under these ids.
OWNED = {"unit_id": "u0001", "window_id": "w0001", "staff_id": "s0001", "item_id": "i0001"}
# Two more units of HALL, so that a case can be handled jointly: who speaks for the first is who does what needs a second person.
OTHERS = ({"unit_id": "u0002", "staff_id": "s0002", "pin": "1002"}, {"unit_id": "u0003", "staff_id": "s0003", "pin": "1003"})

# What a schema does not say field by field: one of two fields, formats, names of things that must exist; "$OpenRating.token" is the field of
# an earlier answer, "$visit_id, another" an id of the kind that is not the first one.
SAMPLES: dict[str, dict[str, Any]] = {
    "AttendanceService/DefineShift": {"am_start": "08:30", "am_end": "12:00", "pm_start": "13:30", "pm_end": "17:00"},
    "DirectoryService/GrantRole": {"role": "window_staff", "scope": "hall:h0001"},
    "DirectoryService/CancelItem": {"document_no": "1"},
    "DirectoryService/ImportItems": {"format": "json", "content": "$one item", "target_status": "in_hall", "approval_document": "1"},
    "DirectoryService/PublishCalendar": {"overrides": "$one override"},
    # Takes every item in, and may hand cases over.
    "DirectoryService/UpsertWindow": {"kind": "comprehensive"},
    "DirectoryService/SetPassword": {"password": "correct horse battery"},
    "EvaluationService/FileComplaint": {"occurred_at": "2026-11-20T01:00:00Z", "window_id": "w0001"},
    "EvaluationService/GetRatingSession": {"token": "$OpenRating.token"},
    "EvaluationService/SubmitRating": {"token": "$OpenRating.token"},
    "IntakeService/AcceptCase": {"routing": "agency"},
    "IntakeService/AssignAgencyAgent": {"agent_id": "s0001", "upper_department": "x"},
    "IntakeService/SetUpperDue": {"upper_due": "$today", "reason": "x"},
    "IntakeService/ConveneJoint": {"case_id": "$joint_case_id", "members": [{"unit_id": "u0002", "question": "x"}]},
    "IntakeService/DecideJoint": {"kind": "set_limit", "days": 90, "reason": "x"},
    "IntakeService/PutOnJointAgenda": {"unit_ids": ["u0003"]},
    "IntakeService/TransferCase": {"to_staff_id": "s0002"},
    "IntakeService/DeliverCase": {"collector": "x"},
    "IntakeService/GiveJointOpinion": {"unit_id": "u0002"},
    "IntakeService/MoveJointInspection": {"planned_on": "$tomorrow", "reason": "x"},
    "IntakeService/MoveJointMeeting": {"starts_at": "$tomorrow morning", "reason": "x"},
    "IntakeService/CancelJointInspection": {"reason": "x"},
    "IntakeService/CancelJointMeeting": {"reason": "x"},
    "IntakeService/PlanJointInspection": {"planned_on": "$today"},
    "IntakeService/RecordJointAttendance": {"attendance": [{"unit_id": "u0001", "status": "present", "staff_id": "s0001"}]},
    "IntakeService/RecordJointInspection": {"participants": [{"unit_id": "u0001", "status": "present", "staff_id": "s0001"}]},
    "IntakeService/ReportJointConduct": {"occurred_at": "2026-11-20T01:00:00Z", "staff_id": "s0001"},
    "IntakeService/ScheduleJointMeeting": {"kind": "regular"},
    "IntakeService/AssignTask": {"unit_id": "u0001"},
    "IntakeService/BookAppointment": {"contact": {"name": "x", "phone": "13800000000"}},
    "IntakeService/CancelAppointmentByToken": {"token": "$RenewAppointmentToken.token"},
    "IntakeService/CancelVisit": {"visit_id": "$visit_id, another"},
    "IntakeService/DispatchVisit": {"starts_at": f"{TOMORROW}T01:00:00Z", "ends_at": f"{TOMORROW}T02:00:00Z"},
    "IntakeService/GetAppointmentByToken": {"token": "$RenewAppointmentToken.token"},
    "IntakeService/MoveAppointment": {"slot_id": "$slot_id, another"},
    "IntakeService/PublishRosterEntry": {
        "day": TOMORROW,
        "kind": "ordinary",
        "starts": "09:00",
        "ends": "10:00",
        "slot_minutes": 30,
        "capacity": 5,
        "staff_ids": ["s0001"],
    },
    "IntakeService/RequestVisit": {"contact": {"name": "x", "phone": "13800000000", "address": "x"}},
    "IntakeService/ExtendCase": {"days": 1, "reason": "x", "notice_no": "1", "noticed_on": "$today", "requested_by": "s0002"},
    "IntakeService/JudgeBreach": {"reason": "x", "basis": "x"},
    "IntakeService/ResumeCase": {"result": "x"},
    "IntakeService/SuspendCase": {"limit_days": 1, "reason": "x", "notice_no": "1", "noticed_on": "$today"},
    "IntakeService/IssueCharge": {"lines": [{"code": "A1"}], "total_fen": 1},
    "IntakeService/ImportStatement": {"content": "charge_no,bank_serial,amount_fen,paid_at\nx,x,1,2026-11-20T01:00:00Z"},
    "IntakeService/RecordPayment": {"amount_fen": 1, "paid_at": "2026-11-20T01:00:00Z"},
    "IntakeService/ReportFeeViolation": {"staff_id": "s0001", "occurred_at": "2026-11-20T01:00:00Z"},
    "IntakeService/RequestWaiver": {"percent": 10},
    "IntakeService/ReactToObjection": {"token": "$RegisterReceipt.track_token", "reaction": "escalate"},
    "IntakeService/RaiseObjection": {"token": "$RegisterReceipt.track_token"},
    "IntakeService/RecordReaction": {"objection_id": "$RecordObjection.objection_id", "reaction": "withdraw"},
    "IntakeService/RecordStage": {"stage": "review"},
    "IntakeService/RegisterEnquiry": {"channel": "desk", "asker": {"name": "x"}},
    "IntakeService/ReportFirstAskedFailure": {"staff_id": "s0001", "occurred_at": "2026-11-20T01:00:00Z"},
    "IntakeService/RouteEnquiry": {"to_unit_id": "u0001", "reason": "x"},
    "IntakeService/TrackEnquiry": {"token": "$RegisterEnquiry.track_token"},
    "IntakeService/RegisterReceipt": {"staff_id": "s0001"},
    "IntakeService/TrackCase": {"token": "$RegisterReceipt.track_token"},
    "NotificationsService/PreviewTemplate": {"code": "finding_recorded"},
    "NotificationsService/UpsertTemplate": {"code": "finding_recorded", "texts": [{"locale": "zh-CN", "title": "题", "text": "文"}]},
    "ScoringService/AssignRulebook": {"rulebook": "MJ"},
    "ScoringService/EndAssignment": {"valid_to": "2026-11-30"},
    "ScoringService/GetScoreSheet": {"rulebook": "MJ", "subject_kind": "person", "subject_id": "s0001", "period": "2026-11"},
    "ScoringService/ListRanking": {"rulebook": "MJ", "period": "2026-11"},
    "ScoringService/PublishRulebook": {"bundled": "mj.v1"},
    "ScoringService/RecomputePeriod": {"rulebook": "MJ", "period": "2026-11"},
    "ScoringService/RecordFact": {"person_id": "s0001", "occurred_on": "2026-11-20"},
    "SupervisionService/RecordFinding": {"window_id": "w0001", "staff_id": "s0001", "minutes": 20},
}
# Filled in also where the schema does not require them, because the service needs one of several.
_ONE_OF = {
    "EvaluationService/GetRating": "case_id",
    "IntakeService/GetAgencyMatter": "matter_id",
    "IntakeService/GetCase": "case_id",
    "IntakeService/GetCharge": "charge_id",
    "IntakeService/GetEnquiry": "enquiry_id",
    "IntakeService/GetJointHandling": "handling_id",
}

_TEXTS = (
    "x", "2026-11-23", "2026-11", "52.02.01", "08:00", "1.00", "h0001", "A1", "520201", "2026", "x" * 12, "Passw0rd-Passw0rd", "2026-W47",
    "x@example.org", "127.0.0.1", "http://127.0.0.1/", "0" * 64, "00000000-0000-4000-8000-000000000001", "2026-11-23T01:00:00Z",
)  # fmt: skip
_CANDIDATES: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (fields.Boolean, (True,)),
    (fields.Integer, (1, 0, 5, 10, 60, 2026)),
    (fields.Float, (1.0,)),
    (fields.DateTime, ("2026-11-23T01:00:00Z",)),
    (fields.Date, ("2026-11-23",)),
    (fields.Time, ("08:00:00",)),
    (fields.Decimal, ("1.00",)),
    (fields.UUID, ("00000000-0000-4000-8000-000000000001",)),
    (fields.Dict, ({},)),
    (fields.String, _TEXTS),
)


def methods() -> dict[str, MethodDescriptor]:
    """Every RPC of every service that exists, by path; streams included."""
    existing = {path.parent.name for path in (ROOT / "services").glob("*/service.py")}
    return {
        f"/{service.full_name}/{method.name}": method
        for file in catalogue.files()
        for service in file.services_by_name.values()
        for method in service.methods
        if owner(service.name) in existing or f"/{service.full_name}/{method.name}" == SUBSCRIBE
    }


def services() -> list[str]:
    """The services behind those methods."""
    return sorted({owner(method.containing_service.name) for path, method in methods().items() if path != SUBSCRIBE})


def owner(service: str) -> str:
    """ "IntakeService" → "intake"."""
    return catalogue.snake(service.removesuffix("Service"))


def rule(method: MethodDescriptor) -> Rule:
    """The method's rule; the catalogue's test has seen that there is one."""
    found = catalogue.rule_of(method)
    assert found is not None
    return found


@functools.cache
def request_schema(path: str) -> Schema:
    """The marshmallow schema that the service loads the request with."""
    method = methods()[path]
    service = owner(method.containing_service.name)
    module = importlib.import_module(f"services.{service}.service")
    cls = next(c for c in vars(module).values() if isinstance(c, type) and getattr(c, "name", None) == service)
    schema: Schema = getattr(cls, catalogue.snake(method.name)).rpc_spec.request()
    return schema


def make(path: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """A request with its required fields: what `known` knows under the field's name, else the first sample the schema accepts."""
    if path == SUBSCRIBE:
        return {}
    name = path.removeprefix("/hallbus.v1.")
    request = _fill(request_schema(path), known) | {key: _resolved(value, known) for key, value in SAMPLES.get(name, {}).items()}
    if "page_size" in request_schema(path).fields:
        # A whole list in one page, so that its rows can be counted.
        request.setdefault("page_size", MAX_SIZE)
    if name in _ONE_OF:
        request[_ONE_OF[name]] = known.get(_ONE_OF[name], "x")
    return request | ({"request_id": str(uuid.uuid4())} if rule(methods()[path]).mutating else {})


def _resolved(sample: Any, known: Mapping[str, Any]) -> Any:
    if sample == "$one item":
        guide = {
            "item_no": "1", "conditions": "x", "procedure": ["x"], "phone": "1", "flow_chart": "x", "sample_forms": [{"name": "x", "reference": "x"}],
        }  # fmt: skip
        item = make("/hallbus.v1.DirectoryService/UpsertItem", known) | {"legal_basis": "x", "guide": guide}
        item["units_involved"] = 2
        item["fees"] = [{"code": "A1", "name": "x", "amount_fen": 1, "basis": "x"}]
        return json.dumps([{name: value for name, value in item.items() if name != "request_id"}])
    if sample == "$today":
        return TODAY
    if sample == "$tomorrow":
        return TOMORROW
    if sample == "$tomorrow morning":
        return f"{TOMORROW}T01:00:00Z"
    if sample == "$one override":
        # Another reason every time: what is published already is answered without being done.
        return [{"date": "2026-11-21", "is_workday": True, "reason": str(uuid.uuid4()), "notice_no": "1"}]
    return known.get(sample[1:], "unknown-token-of-nobody") if isinstance(sample, str) and sample.startswith("$") else sample


def _fill(schema: Schema, known: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _value(name, field, known)
        for name, field in schema.fields.items()
        if not field.dump_only and (field.required or (name == "hall_id" and not _optional_filter(schema)))
    }


def _optional_filter(schema: Schema) -> bool:
    return "page_token" in schema.fields


def _value(name: str, field: fields.Field, known: Mapping[str, Any]) -> Any:
    if name in known and _accepts(field, known[name]):
        return known[name]
    if isinstance(field, fields.Nested):
        inner = _fill(field.schema, known)
        return [inner] if field.many else inner
    if isinstance(field, fields.List):
        return [_value(name.removesuffix("s"), field.inner, known)]
    choices = getattr(field.validate, "choices", None) or next((c for k, c in _CANDIDATES if isinstance(field, k)), _TEXTS)
    return next((choice for choice in choices if choice and _accepts(field, choice)), next(iter(choices)))


def _accepts(field: fields.Field, value: Any) -> bool:
    try:
        field.deserialize(value)
    except (ValidationError, TypeError, AttributeError):
        return False
    return True


def put(request: dict[str, Any], path: str, value: str) -> dict[str, Any]:
    """A copy of the request with a value at a dotted path."""
    name, _, rest = path.partition(".")
    return request | {name: put(request.get(name) or {}, rest, value) if rest else value}


def harvest(answer: Any, into: dict[str, Any]) -> None:
    """Remember the ids of an answer for later requests; the first one found stays, and the last one that differs from it is another."""
    if isinstance(answer, Mapping):
        for name, value in answer.items():
            if isinstance(value, str) and name.endswith(("_id", "_no")) and value:
                if into.setdefault(name, value) != value:
                    into[f"{name}, another"] = value
            else:
                harvest(value, into)
    elif isinstance(answer, list):
        for item in answer:
            harvest(item, into)


def service_file(name: str) -> Path:
    """Where a service's entrypoints are."""
    return ROOT / "services" / name / "service.py"
