"""Requests and answers about regions, halls, units, windows and their history."""

from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validates

from chassis.fields import PageRequest, PageResponse, an_id, count, many, maybe_id, maybe_moment, maybe_words, must_be, one_of, words

LEVELS = ("city", "county", "township")
STATUSES = ("active", "closed")
WINDOW_KINDS = ("unit", "comprehensive", "full_course")
_ZONES = available_timezones()


class Region(Schema):
    """One node of the region tree."""

    region, name, code, level = an_id(), words(50), words(20), words(20)
    parent = maybe_id()
    version = count()


class UpsertRegion(Schema):
    """A region by its path."""

    region, name = an_id(), words(50)


class GetRegion(Schema):
    """By path."""

    region = an_id()


class ListRegions(PageRequest):
    """Regions in path order."""

    parent = maybe_id()


class RegionPage(PageResponse):
    """A page of regions."""

    regions = many(Region)


class Hall(Schema):
    """A hall."""

    hall_id, name = an_id(), words(100)
    level = must_be(*LEVELS)
    region, zone = an_id(), words(64)
    parent_id = maybe_id()
    status = one_of(*STATUSES, default="active")
    address, phone = maybe_words(200), maybe_words(50)
    version = count()


class UpsertHall(Schema):
    """A hall as it is to be; what is not given takes its default."""

    hall_id, name = an_id(), words(100)
    level = must_be(*LEVELS)
    region = an_id()
    zone = maybe_words(64, default="Asia/Shanghai")
    parent_id = maybe_id()
    status = one_of(*STATUSES, default="active")
    address, phone = maybe_words(200), maybe_words(50)

    @validates("zone")
    def known_zone(self, zone: str, data_key: str) -> None:
        """An IANA zone."""
        if zone not in _ZONES:
            raise ValidationError(f"{data_key}: not an IANA zone")


class GetHall(Schema):
    """By id."""

    hall_id = an_id()


class ListHalls(PageRequest):
    """Halls in id order."""

    region = maybe_id()
    level = one_of(*LEVELS)


class HallPage(PageResponse):
    """A page of halls."""

    halls = many(Hall)


class Unit(Schema):
    """A window unit."""

    unit_id, name, hall_id, region = an_id(), words(100), an_id(), an_id()
    leader = maybe_words(50)
    status = one_of(*STATUSES, default="active")
    version = count()


class UpsertUnit(Schema):
    """A window unit as it is to be."""

    unit_id, name, hall_id = an_id(), words(100), an_id()
    leader = maybe_words(50)
    status = one_of(*STATUSES, default="active")


class GetUnit(Schema):
    """By id."""

    unit_id = an_id()


class ListUnits(PageRequest):
    """Units in id order."""

    hall_id = maybe_id()


class UnitPage(PageResponse):
    """A page of units."""

    units = many(Unit)


class Window(Schema):
    """A window."""

    window_id, hall_id, region, code, name, unit_id = an_id(), an_id(), an_id(), words(20), words(100), an_id()
    kind = must_be(*WINDOW_KINDS)
    head_staff_id = maybe_id()
    status = one_of(*STATUSES, default="active")
    version = count()


class UpsertWindow(Schema):
    """A window as it is to be."""

    window_id, hall_id, code, name, unit_id = an_id(), an_id(), words(20), words(100), an_id()
    kind = one_of(*WINDOW_KINDS, default="unit")
    head_staff_id = maybe_id()
    status = one_of(*STATUSES, default="active")


class GetWindow(Schema):
    """By id."""

    window_id = an_id()


class ListWindows(PageRequest):
    """Windows in id order."""

    hall_id, unit_id = maybe_id(), maybe_id()


class WindowPage(PageResponse):
    """A page of windows."""

    windows = many(Window)


class ListHistory(PageRequest):
    """Versions of one subject, newest first."""

    kind = must_be("region", "hall", "unit", "window")
    subject_id = an_id()


class HistoryEntry(Schema):
    """One version and the time it was in force."""

    version = count()
    valid_from, valid_to = maybe_moment(), maybe_moment()
    changed_by = words(64)
    state = fields.String()


class HistoryPage(PageResponse):
    """A page of versions."""

    entries = many(HistoryEntry)


class NoFields(Schema):
    """A request without fields."""


class HallRegion(Schema):
    """Where a hall lies."""

    hall_id, region = an_id(), an_id()


class HallRegions(Schema):
    """Every hall's region, for the gateway's scope check."""

    halls = many(HallRegion)
