"""Requests and answers about items, their import and the working-day calendar."""

from marshmallow import Schema, fields

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
    words,
)
from services.directory.domain.items import DAY_KINDS, STAGES, TIME_CLASSES

STATUSES = ("draft", "reviewed", "in_hall", "superseded", "cancelled", "exited")
TYPES = ("license", "confirmation", "ruling", "benefit", "reward", "filing", "other_power", "public_service")
_DAYS = 3650


class Material(Schema):
    """One material."""

    code = a_code()
    name = words(200)
    required = flag()


class ItemContent(Schema):
    """What a version says."""

    name = words(200)
    item_type = one_of(*TYPES, default="license")
    time_class = must_be(*TIME_CLASSES)
    legal_days, promised_days = count(maximum=_DAYS), maybe_count(default=0, maximum=_DAYS)
    day_kind = one_of(*DAY_KINDS, default="working")
    fee_fen = maybe_count(default=0)
    materials = many(Material, at_most=100)
    key_stages = some_of(*STAGES)
    units_involved = maybe_count(default=1, minimum=1, maximum=100)
    legal_basis = maybe_words(2000)


class UpsertItem(ItemContent):
    """A draft of an item's next version."""

    item_id, unit_id = an_id(), an_id()


class ItemVersion(ItemContent):
    """A version with its status."""

    number = count()
    status = words(20)
    reviewed_by = maybe_id()
    valid_from, valid_to = maybe_moment(), maybe_moment()
    reason = maybe_words(500)


class Item(Schema):
    """An item; lists leave the versions out."""

    item_id, unit_id, hall_id, region, name = an_id(), an_id(), an_id(), an_id(), words(200)
    status = words(20)
    versions = many(ItemVersion)
    version = count()


class ItemById(Schema):
    """Get, review, publish."""

    item_id = an_id()


class CancelItem(Schema):
    """The way out of the hall, with the reason."""

    item_id = an_id()
    outcome = one_of("cancelled", "exited", default="cancelled")
    reason = words(500)


class ListItems(PageRequest):
    """Items in id order."""

    hall_id, unit_id = maybe_id(), maybe_id()
    status = one_of(*STATUSES)


class ItemPage(PageResponse):
    """A page of items."""

    items = fields.List(fields.Nested(Item(exclude=("versions",))))


class ImportItems(Schema):
    """A file of items."""

    format = must_be("csv", "json")
    content = words(5_000_000)
    dry_run = flag()
    target_status = one_of("draft", "reviewed", "in_hall", default="draft")


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
