"""Requests and answers about items, their import and the working-day calendar."""

from marshmallow import Schema, fields, validate

from chassis.fields import (
    PageRequest,
    PageResponse,
    a_code,
    a_day,
    an_id,
    count,
    flag,
    many,
    maybe_count,
    maybe_day,
    maybe_id,
    maybe_moment,
    maybe_words,
    must_be,
    one_of,
    some_of,
    verdict,
    words,
)
from services.directory.domain.contents import DAY_KINDS, STAGES, TIME_CLASSES
from services.directory.domain.guides import FEE_KINDS
from services.directory.domain.improvements import KINDS, STATES
from services.directory.domain.items import EXCLUSIONS, EXITS, OFFICES

STATUSES = ("draft", "reviewed", "in_hall", "superseded", *EXITS, "excluded")
TYPES = ("license", "confirmation", "ruling", "benefit", "reward", "filing", "other_power", "public_service")
_DAYS = 3650


class Material(Schema):
    """One material."""

    code = a_code()
    name = words(200)
    required = flag()


class FeeLine(Schema):
    """One fee standard, in fen."""

    code = a_code()
    name = words(200)
    kind = one_of(*FEE_KINDS, default="fixed")
    amount_fen = count(minimum=1, maximum=100_000_000_00)
    unit = maybe_words(20)
    basis = words(500)


class SampleForm(Schema):
    """A filled-in sample."""

    name, reference = words(200), words(500)


class Guide(Schema):
    """What stands in the guide besides the item's own data."""

    item_no = fields.String(load_default="", validate=validate.Regexp(r"^[A-Za-z0-9_.-]{0,31}$"))
    conditions = maybe_words(4000)
    procedure = many(words(500), at_most=50)
    phone = maybe_words(50)
    flow_chart = maybe_words(500)
    sample_forms = many(SampleForm, at_most=50)


_NO_GUIDE = {"item_no": "", "conditions": "", "procedure": [], "phone": "", "flow_chart": "", "sample_forms": []}


class ItemContent(Schema):
    """What a version says."""

    name = words(200)
    item_type = one_of(*TYPES, default="license")
    time_class = must_be(*TIME_CLASSES)
    legal_days, promised_days = count(maximum=_DAYS), maybe_count(default=0, maximum=_DAYS)
    day_kind = one_of(*DAY_KINDS, default="working")
    fees = many(FeeLine, at_most=50)
    materials = many(Material, at_most=100)
    key_stages = some_of(*STAGES)
    units_involved = maybe_count(default=1, minimum=1, maximum=100)
    legal_basis = maybe_words(2000)
    long_limit_basis = maybe_words(500)
    guide = fields.Nested(Guide, load_default=lambda: dict(_NO_GUIDE))


class UpsertItem(ItemContent):
    """A draft of an item's next version."""

    item_id, unit_id = an_id(), an_id()


class Opinion(Schema):
    """What an office said about the draft; stored as plain values."""

    office = words(20)
    agrees = flag()
    opinion = maybe_words(1000)
    by = words(64)
    at = fields.String()


class ItemVersion(ItemContent):
    """A version with its status."""

    number = count()
    status = words(20)
    fee_fen = count()
    opinions = many(Opinion)
    approval_document = maybe_words(200)
    guide_missing = many(fields.String())
    guide_checked_at = maybe_moment()
    created_by, published_by = maybe_id(), maybe_id()
    valid_from, valid_to = maybe_moment(), maybe_moment()
    reason = maybe_words(500)


class Exclusion(Schema):
    """The government's approval to keep the item out of the hall; stored as plain values."""

    kind, document_no, approved_on, reason = fields.String(), fields.String(), fields.String(), fields.String()


class Leaving(Schema):
    """How the item left or is to leave; stored as plain values."""

    outcome, reason, document_no, delegated_to = fields.String(), fields.String(), fields.String(), fields.String()


class Item(Schema):
    """An item; lists leave the versions out."""

    item_id, unit_id, hall_id, region, name = an_id(), an_id(), an_id(), an_id(), words(200)
    status = words(20)
    versions = many(ItemVersion)
    cancelled_on = maybe_day()
    leaving = fields.Nested(Leaving)
    exclusion = fields.Nested(Exclusion)
    version = count()


class ItemById(Schema):
    """Get, publish, confirm the guide, readmit."""

    item_id = an_id()


class ReviewItem(Schema):
    """One office's opinion."""

    item_id = an_id()
    office = must_be(*OFFICES)
    agrees = verdict()
    opinion = maybe_words(1000)


class ExcludeItem(Schema):
    """The approval to keep an item out of the hall."""

    item_id = an_id()
    kind = must_be(*EXCLUSIONS)
    document_no = words(200)
    approved_on = a_day()
    reason = maybe_words(500)


class CancelItem(Schema):
    """The way out of the hall, with the reason."""

    item_id = an_id()
    outcome = one_of(*EXITS, default="cancelled")
    reason = words(500)
    document_no = maybe_words(200)
    cancelled_on = maybe_day()
    delegated_to = maybe_words(200)


class ListItems(PageRequest):
    """Items in id order."""

    hall_id, unit_id = maybe_id(), maybe_id()
    status = one_of(*STATUSES)


class ItemPage(PageResponse):
    """A page of items."""

    items = fields.List(fields.Nested(Item(exclude=("versions",))))


class ListGuideProblems(PageRequest):
    """Items whose guide is incomplete or stale."""

    hall_id, unit_id = maybe_id(), maybe_id()


class GuideProblem(Schema):
    """What is wrong with a guide."""

    item_id, unit_id, hall_id, name, status = an_id(), an_id(), an_id(), words(200), words(20)
    number = count()
    missing = many(fields.String())
    stale = flag()
    checked_at = maybe_moment()


class GuideProblemPage(PageResponse):
    """A page of guide problems."""

    problems = fields.List(fields.Nested(GuideProblem))


class ListItemHistory(PageRequest):
    """The versions of one item."""

    item_id = an_id()


class FieldChange(Schema):
    """One field that differs from the version before; values as JSON."""

    field, before, after = fields.String(), fields.String(), fields.String()


class HistoryVersion(Schema):
    """A version with what it changed."""

    number = count()
    status = words(20)
    created_by, published_by = maybe_id(), maybe_id()
    created_at, valid_from, valid_to = maybe_moment(), maybe_moment(), maybe_moment()
    changes = many(FieldChange)


class ItemHistoryPage(PageResponse):
    """A page of versions, newest first."""

    versions = fields.List(fields.Nested(HistoryVersion))


class ListImprovements(PageRequest):
    """Improvements, newest first."""

    hall_id, unit_id, item_id = maybe_id(), maybe_id(), maybe_id()
    kind, state = one_of(*KINDS), one_of(*STATES)


class Improvement(Schema):
    """An improvement with before and after."""

    improvement_id, region, hall_id, unit_id, item_id, item_name = an_id(), words(64), an_id(), an_id(), an_id(), words(200)
    item_version, before, after = count(), count(), count()
    kind, day_kind, state = words(40), words(20), words(20)
    published_by, decided_by = words(64), maybe_id()
    detected_at, decided_at = maybe_moment(), maybe_moment()
    evidence, note = words(2000), words(1000)


class ImprovementPage(PageResponse):
    """A page of improvements."""

    improvements = fields.List(fields.Nested(Improvement))


class DecideImprovement(Schema):
    """A second person's verdict."""

    improvement_id = an_id()
    verified = verdict()
    evidence, note = maybe_words(2000), maybe_words(1000)


class ImportItems(Schema):
    """A file of items."""

    format = must_be("csv", "json")
    content = words(5_000_000)
    dry_run = flag()
    target_status = one_of("draft", "reviewed", "in_hall", default="draft")
    approval_document = maybe_words(200)


class RowError(Schema):
    """What is wrong where."""

    line = count()
    field, message = words(64), words(500)


class ImportResult(Schema):
    """What the import did, or would do."""

    row_count, created_count, revised_count, unchanged_count = count(), count(), count(), count()
    errors = many(RowError)


class Override(Schema):
    """One day that differs from the published calendar."""

    date = a_day()
    is_workday = flag()
    reason, notice_no = words(200), words(100)


class YearNotice(Schema):
    """A year whose notice stands in the overrides in full."""

    year = count()
    notice_no = words(100)


class PublishCalendar(Schema):
    """The overrides as a whole."""

    overrides = many(Override, at_most=4000)
    notices = many(YearNotice, at_most=100)


class GetCalendar(Schema):
    """A revision, or the newest."""

    revision = fields.Integer(load_default=None, allow_none=True, strict=True)


class Calendar(Schema):
    """A revision of the calendar."""

    revision = count()
    # Stored as JSON: days are text already.
    overrides = fields.List(fields.Dict())
    notices = fields.List(fields.Dict())
    published_by = maybe_id()
    published_at = maybe_moment()
    published_until = maybe_day()
