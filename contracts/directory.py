"""Events of directory: reference data of the city."""

from marshmallow import Schema

from contracts.fields import Code, Count, Day, Flag, Id, Many, Number, Text, Time
from contracts.registry import REGISTRY, Payload


class WindowV1(Schema):
    """A window (窗口) and the unit that operates it."""

    window_id = Id()
    code = Text(20)  # what the sign over the window says
    name = Text(100)
    unit_id = Id()
    kind = Code()  # unit | comprehensive | full_course


class UnitV1(Schema):
    """A window unit (窗口单位)."""

    unit_id = Id()
    name = Text(100)


@REGISTRY.event(
    "directory.hall.changed",
    audience="public",
    examples=[
        {
            "hall_id": "h0001", "name": "示例市政务服务中心", "level": "city", "region": "52.02", "zone": "Asia/Shanghai",
            "parent_id": None, "status": "active",
            "units": [{"unit_id": "u0001", "name": "市市场监督管理局"}],
            "windows": [{"window_id": "w0001", "code": "A01", "name": "企业登记", "unit_id": "u0001", "kind": "unit"}],
        },
        {
            "hall_id": "h0007", "name": "示例镇便民服务中心", "level": "township", "region": "52.02.01", "zone": "Asia/Shanghai",
            "parent_id": "h0002", "status": "closed", "units": [], "windows": [],
        },
    ],
)  # fmt: skip
class HallChangedV1(Payload):
    """A hall, its units or its windows changed; carries the whole present state."""

    hall_id = Id()
    name = Text(100)
    level = Code()  # city | county | township
    region = Text(64)
    zone = Text(64)  # IANA time zone
    parent_id = Id(required=False, allow_none=True)  # the hall above; null at the top
    status = Code()  # active | closed
    units = Many(UnitV1)  # all window units of the hall
    windows = Many(WindowV1)  # all windows of the hall


@REGISTRY.event(
    "directory.staff.changed",
    audience="internal",
    examples=[
        {"staff_id": "s0001", "name": "王丽", "hall_id": "h0001", "unit_id": "u0001", "window_id": "w0001", "pin": "1001", "post": "A",
         "status": "active", "valid_from": "2026-01-01", "valid_to": None},
        {"staff_id": "s0002", "name": "李强", "hall_id": "h0001", "unit_id": "u0001", "window_id": None, "pin": "1002", "post": "B",
         "status": "ended", "valid_from": "2025-01-01", "valid_to": "2026-10-31"},
    ],
)  # fmt: skip
class StaffChangedV1(Payload):
    """A person's stationing (派驻) changed; `pin` is the number on the hall's terminals."""

    staff_id = Id()
    name = Text(50)
    hall_id = Id()
    unit_id = Id()
    window_id = Id(required=False, allow_none=True)
    pin = Text(24)
    post = Code()  # A | B
    status = Code()  # active | ended
    valid_from = Day()
    valid_to = Day(required=False, allow_none=True)


class MaterialV1(Schema):
    """One material an applicant hands in."""

    code = Code()  # code within the item
    name = Text(200)
    required = Flag()  # false for materials that only some applicants hand in


class FeeLineV1(Schema):
    """One fee standard (收费标准)."""

    code = Code()  # code within the item
    name = Text(200)
    kind = Code()  # fixed | per_unit
    amount_fen = Count()  # fen for the case, or for each unit
    unit = Text(20)  # what is counted when charged by the unit
    basis = Text(500)  # the document that allows the charge


@REGISTRY.event(
    "directory.item.published",
    audience="public",
    examples=[
        {"item_id": "i0001", "item_version": 1, "name": "食品经营许可", "unit_id": "u0001", "status": "in_hall", "time_class": "promised",
         "legal_days": 20, "promised_days": 5, "day_kind": "working", "immediate": False, "fee_fen": 0,
         "materials": [{"code": "M1", "name": "申请书", "required": True}], "units_involved": 1, "fees": [], "cancelled_on": None,
         "key_stages": ["accept", "review"], "legal_basis": "《中华人民共和国食品安全法》第三十五条", "conditions": "有与经营品种相适应的场所",
         "procedure": ["受理", "现场核查", "决定"]},
        {"item_id": "i0012", "item_version": 2, "name": "不动产首次登记", "unit_id": "u0003", "status": "in_hall", "time_class": "promised",
         "legal_days": 30, "promised_days": 5, "day_kind": "working", "immediate": False, "fee_fen": 8000,
         "fees": [{"code": "F1", "name": "不动产登记费", "kind": "fixed", "amount_fen": 8000, "unit": "件", "basis": "发改价格规〔2016〕2559号"}],
         "materials": [{"code": "M1", "name": "登记申请书", "required": True}], "units_involved": 1, "cancelled_on": "2027-01-01"},
        {"item_id": "i0002", "item_version": 3, "name": "身份证明", "unit_id": "u0002", "status": "cancelled", "time_class": "immediate",
         "legal_days": 1, "promised_days": 0, "day_kind": "working", "immediate": True, "fee_fen": 0, "materials": [], "units_involved": 1},
    ],
)  # fmt: skip
class ItemPublishedV1(Payload):
    """A version of a service item (事项); running cases keep the version they were accepted under."""

    item_id = Id()
    item_version = Count()
    name = Text(200)
    unit_id = Id()
    status = Code()  # in_hall | cancelled | exited | delegated_down
    time_class = Code()  # immediate | promised
    legal_days = Count()  # time limit set by law, in days of `day_kind`
    promised_days = Count()
    day_kind = Code()  # working | natural
    immediate = Flag()  # done while the applicant waits (即办件)
    fee_fen = Count()  # the fixed standards together, in fen; 0 when free or charged by the unit alone
    fees = Many(FeeLineV1, required=False)  # the standards that may be charged; none when free
    materials = Many(MaterialV1)  # what an applicant hands in
    key_stages = Many(Code(), required=False)  # stages that may only be done in the hall: accept | review | pay | complete | issue
    units_involved = Count()  # window units that take part; more than 1 means joint handling
    cancelled_on = Day(required=False, allow_none=True)  # nothing is received from this day on
    legal_basis = Text(2000, required=False)  # what the guide (办事指南) tells before the application: the law it rests on
    conditions = Text(4000, required=False)  # of the guide: conditions and criteria
    procedure = Many(Text(500), required=False)  # of the guide: the steps in order


_IMPROVEMENT = {
    "improvement_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c00a1", "item_id": "i0001", "item_name": "食品经营许可", "item_version": 2,
    "unit_id": "u0001", "kind": "shorten_promise", "before": 5, "after": 3, "day_kind": "working", "published_by": "a0001",
    "detected_at": "2026-11-23T01:00:00+00:00",
}  # fmt: skip
_FASTER = {**_IMPROVEMENT, "kind": "promise_to_immediate", "after": 0}


class ImprovementPayload(Payload):
    """What every event about an improvement (M-B25) carries; `before` and `after` are days, required materials or steps, as `kind` says."""

    improvement_id = Id()  # the improvement
    item_id = Id()
    item_name = Text(200)  # name of the item
    item_version = Count()
    unit_id = Id()
    kind = Code()  # promise_to_immediate | shorten_promise | fewer_materials | fewer_steps
    before = Count()  # in the version in force before
    after = Count()  # in the new version
    day_kind = Text(10)  # working | natural for days, else empty
    published_by = Id()  # account that published the version
    detected_at = Time()  # when the version entered the hall


@REGISTRY.event("directory.item.improved", audience="public", examples=[_IMPROVEMENT, _FASTER])
class ItemImprovedV1(ImprovementPayload):
    """A version entered the hall that is better than every one before it; nobody has verified it yet."""


@REGISTRY.event("directory.improvement.decided", audience="public", examples=[
    {**_IMPROVEMENT, "verified": True, "verified_by": "a0002"}, {**_FASTER, "verified": False, "verified_by": "a0002"},
])  # fmt: skip
class ImprovementDecidedV1(ImprovementPayload):
    """A second person verified the improvement, or found it not to be one."""

    verified = Flag()  # verified, or not
    verified_by = Id()  # account of the second person


class OverrideV1(Schema):
    """One day that differs from the published calendar."""

    date = Day()
    is_workday = Flag()  # true for a make-up working day, false for a day off
    reason = Text(200)  # why
    notice_no = Text(100)  # number of the official notice


class YearNoticeV1(Schema):
    """A year whose holiday notice is out and stands in the overrides in full."""

    year = Count()  # the calendar year
    notice_no = Text(100)  # number of the official notice


@REGISTRY.event(
    "directory.calendar.changed",
    audience="public",
    examples=[
        {"revision": 1, "overrides": [{"date": "2027-02-06", "is_workday": True, "reason": "春节调休上班", "notice_no": "国办发明电〔2026〕1号"}],
         "notices": [{"year": 2027, "notice_no": "国办发明电〔2026〕1号"}]},
        {"revision": 2, "overrides": []},
    ],
)  # fmt: skip
class CalendarChangedV1(Payload):
    """The city's working-day overrides (调休) as a whole; `revision` grows by one."""

    revision = Number()
    overrides = Many(OverrideV1)  # all days that differ
    notices = Many(YearNoticeV1, required=False)  # notices by year


@REGISTRY.event(
    "directory.delegation.changed",
    audience="public",
    examples=[
        {"delegation_id": "d0001", "unit_id": "u0001", "staff_id": "s0001", "item_ids": ["i0001"], "valid_from": "2026-01-01",
         "valid_to": "2026-12-31", "revoked_on": None},
        {"delegation_id": "d0002", "unit_id": "u0001", "staff_id": "s0002", "item_ids": [], "valid_from": "2026-01-01",
         "valid_to": "2026-12-31", "revoked_on": "2026-06-30"},
    ],
)  # fmt: skip
class DelegationChangedV1(Payload):
    """A written delegation (授权委托) of a chief representative (首席代表); no `item_ids` means every item of the unit."""

    delegation_id = Id()
    unit_id = Id()
    staff_id = Id()
    item_ids = Many(Id())  # the items that are delegated
    valid_from = Day()
    valid_to = Day()
    revoked_on = Day(required=False, allow_none=True)  # day of revocation; null while in force
