"""Requests and answers about items, their import and the working-day calendar."""

from marshmallow import Schema, fields, validate

from services.directory.domain.items import DAY_KINDS, STAGES, TIME_CLASSES
from services.directory.schemas.fields import PageRequest, PageResponse, count, day, flag, ident, many, moment, one_of, text

STATUSES = ("draft", "reviewed", "in_hall", "superseded", "cancelled", "exited")
TYPES = ("license", "confirmation", "ruling", "benefit", "reward", "filing", "other_power", "public_service")
_DAYS = 3650


class Material(Schema):
    """One material."""

    code = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9_.-]{1,64}$"))
    name = text(200)
    required = flag()


class ItemContent(Schema):
    """What a version says."""

    name = text(200)
    item_type = one_of(*TYPES, default="license")
    time_class = one_of(*TIME_CLASSES, required=True)
    legal_days, promised_days = count(maximum=_DAYS), count(default=0, maximum=_DAYS)
    day_kind = one_of(*DAY_KINDS, default="working")
    fee_fen = count(default=0)
    materials = many(Material, maximum=100)
    key_stages = many(fields.String(validate=validate.OneOf(STAGES)), maximum=5)
    units_involved = count(default=1, minimum=1, maximum=100)
    legal_basis = text(2000, required=False)


class UpsertItem(ItemContent):
    """A draft of an item's next version."""

    item_id, unit_id = ident(), ident()


class ItemVersion(ItemContent):
    """A version with its status."""

    number = count()
    status = text(20)
    reviewed_by = ident(required=False)
    valid_from, valid_to = moment(), moment()
    reason = text(500, required=False)


class Item(Schema):
    """An item; lists leave the versions out."""

    item_id, unit_id, hall_id, region, name = ident(), ident(), ident(), ident(), text(200)
    status = text(20)
    versions = many(ItemVersion)
    version = count()


class ItemById(Schema):
    """Get, review, publish."""

    item_id = ident()


class CancelItem(Schema):
    """The way out of the hall, with the reason."""

    item_id = ident()
    outcome = one_of("cancelled", "exited", default="cancelled")
    reason = text(500)


class ListItems(PageRequest):
    """Items in id order."""

    hall_id, unit_id = ident(required=False), ident(required=False)
    status = one_of(*STATUSES)


class ItemPage(PageResponse):
    """A page of items."""

    items = fields.List(fields.Nested(Item(exclude=("versions",))))


class ImportItems(Schema):
    """A file of items."""

    format = one_of("csv", "json", required=True)
    content = text(5_000_000)
    dry_run = flag()
    target_status = one_of("draft", "reviewed", "in_hall", default="draft")


class RowError(Schema):
    """What is wrong where."""

    line = count()
    field, message = text(64), text(500)


class ImportResult(Schema):
    """What the import did, or would do."""

    row_count, created_count, revised_count, unchanged_count = count(), count(), count(), count()
    errors = many(RowError)


class Override(Schema):
    """One day that differs from the published calendar."""

    date = day()
    is_workday = flag()
    reason, notice_no = text(200), text(100)


class YearNotice(Schema):
    """A year whose notice stands in the overrides in full."""

    year = count()
    notice_no = text(100)


class PublishCalendar(Schema):
    """The overrides as a whole."""

    overrides = many(Override, maximum=4000)
    notices = many(YearNotice, maximum=100)


class GetCalendar(Schema):
    """A revision, or the newest."""

    revision = fields.Integer(load_default=None, allow_none=True, strict=True)


class Calendar(Schema):
    """A revision of the calendar."""

    revision = count()
    # Stored as JSON: days are text already.
    overrides = fields.List(fields.Dict())
    notices = fields.List(fields.Dict())
    published_by = ident(required=False)
    published_at = moment()
    published_until = day(required=False)
