"""Requests and answers about regions, halls, units, windows and their history."""

from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validates

from services.directory.schemas.fields import PageRequest, PageResponse, count, ident, many, moment, one_of, text

LEVELS = ("city", "county", "township")
STATUSES = ("active", "closed")
WINDOW_KINDS = ("unit", "comprehensive", "full_course")
_ZONES = available_timezones()


class Region(Schema):
    """One node of the region tree."""

    region, name, code, level = ident(), text(50), text(20), text(20)
    parent = ident(required=False)
    version = count()


class UpsertRegion(Schema):
    """A region by its path."""

    region, name = ident(), text(50)


class GetRegion(Schema):
    """By path."""

    region = ident()


class ListRegions(PageRequest):
    """Regions in path order."""

    parent = ident(required=False)


class RegionPage(PageResponse):
    """A page of regions."""

    regions = many(Region)


class Hall(Schema):
    """A hall."""

    hall_id, name = ident(), text(100)
    level = one_of(*LEVELS, required=True)
    region, zone = ident(), text(64)
    parent_id = ident(required=False)
    status = one_of(*STATUSES, default="active")
    address, phone = text(200, required=False), text(50, required=False)
    version = count()


class UpsertHall(Schema):
    """A hall as it is to be; what is not given takes its default."""

    hall_id, name = ident(), text(100)
    level = one_of(*LEVELS, required=True)
    region = ident()
    zone = text(64, required=False, load_default="Asia/Shanghai")
    parent_id = ident(required=False)
    status = one_of(*STATUSES, default="active")
    address, phone = text(200, required=False), text(50, required=False)

    @validates("zone")
    def known_zone(self, zone: str, data_key: str) -> None:
        """An IANA zone."""
        if zone not in _ZONES:
            raise ValidationError(f"{data_key}: not an IANA zone")


class GetHall(Schema):
    """By id."""

    hall_id = ident()


class ListHalls(PageRequest):
    """Halls in id order."""

    region = ident(required=False)
    level = one_of(*LEVELS)


class HallPage(PageResponse):
    """A page of halls."""

    halls = many(Hall)


class Unit(Schema):
    """A window unit."""

    unit_id, name, hall_id, region = ident(), text(100), ident(), ident()
    leader = text(50, required=False)
    status = one_of(*STATUSES, default="active")
    version = count()


class UpsertUnit(Schema):
    """A window unit as it is to be."""

    unit_id, name, hall_id = ident(), text(100), ident()
    leader = text(50, required=False)
    status = one_of(*STATUSES, default="active")


class GetUnit(Schema):
    """By id."""

    unit_id = ident()


class ListUnits(PageRequest):
    """Units in id order."""

    hall_id = ident(required=False)


class UnitPage(PageResponse):
    """A page of units."""

    units = many(Unit)


class Window(Schema):
    """A window."""

    window_id, hall_id, region, code, name, unit_id = ident(), ident(), ident(), text(20), text(100), ident()
    kind = one_of(*WINDOW_KINDS, required=True)
    head_staff_id = ident(required=False)
    status = one_of(*STATUSES, default="active")
    version = count()


class UpsertWindow(Schema):
    """A window as it is to be."""

    window_id, hall_id, code, name, unit_id = ident(), ident(), text(20), text(100), ident()
    kind = one_of(*WINDOW_KINDS, default="unit")
    head_staff_id = ident(required=False)
    status = one_of(*STATUSES, default="active")


class GetWindow(Schema):
    """By id."""

    window_id = ident()


class ListWindows(PageRequest):
    """Windows in id order."""

    hall_id, unit_id = ident(required=False), ident(required=False)


class WindowPage(PageResponse):
    """A page of windows."""

    windows = many(Window)


class ListHistory(PageRequest):
    """Versions of one subject, newest first."""

    kind = one_of("region", "hall", "unit", "window", required=True)
    subject_id = ident()


class HistoryEntry(Schema):
    """One version and the time it was in force."""

    version = count()
    valid_from, valid_to = moment(), moment()
    changed_by = text(64)
    state = fields.String()


class HistoryPage(PageResponse):
    """A page of versions."""

    entries = many(HistoryEntry)


class NoFields(Schema):
    """A request without fields."""


class HallRegion(Schema):
    """Where a hall lies."""

    hall_id, region = ident(), ident()


class HallRegions(Schema):
    """Every hall's region, for the gateway's scope check."""

    halls = many(HallRegion)
