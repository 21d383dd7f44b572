"""Requests and answers about staff, stationing and delegations."""

from marshmallow import Schema, fields, validate

from services.directory.schemas.fields import PageRequest, PageResponse, count, day, ident, many, one_of, text

POSTS = ("a", "b")


class Stationing(Schema):
    """One period at one post."""

    hall_id, region, unit_id = ident(), ident(), ident()
    window_id = ident(required=False)
    pin = text(24)
    post = one_of(*POSTS, required=True)
    valid_from, valid_to = day(), day(required=False)
    status = text(20)


class StaffMember(Schema):
    """A person with every stationing period."""

    staff_id, name, hall_id, region = ident(), text(50), ident(), ident()
    stationings = many(Stationing)
    version = count()


class UpsertStaff(Schema):
    """A person and the stationing from `valid_from`."""

    staff_id, name, hall_id, unit_id = ident(), text(50), ident(), ident()
    window_id = ident(required=False)
    pin = fields.String(required=True, validate=validate.Regexp(r"^[0-9A-Za-z]{1,24}$"))
    post = one_of(*POSTS, default="a")
    valid_from, valid_to = day(), day(required=False)


class EndStationing(Schema):
    """The last day of the running stationing."""

    staff_id, valid_to = ident(), day()


class GetStaff(Schema):
    """By id."""

    staff_id = ident()


class ListStaff(PageRequest):
    """People in id order."""

    hall_id, unit_id = ident(required=False), ident(required=False)


class StaffPage(PageResponse):
    """A page of people."""

    staff = many(StaffMember)


class Delegation(Schema):
    """A delegation and its status today."""

    delegation_id, unit_id, staff_id, hall_id, region = ident(), ident(), ident(), ident(), ident()
    item_ids = many(ident())
    content, document_no = text(2000, required=False), text(100)
    valid_from, valid_to, revoked_on = day(), day(), day(required=False)
    revoke_reason = text(500, required=False)
    status = text(20)
    version = count()


class UpsertDelegation(Schema):
    """A signed delegation."""

    delegation_id, unit_id, staff_id = ident(), ident(), ident()
    item_ids = many(ident())
    content, document_no = text(2000, required=False), text(100)
    valid_from, valid_to = day(), day()


class RevokeDelegation(Schema):
    """Taking it back, with the reason."""

    delegation_id, reason = ident(), text(500)


class GetDelegation(Schema):
    """By id."""

    delegation_id = ident()


class ListDelegations(PageRequest):
    """Delegations in id order."""

    hall_id, unit_id, staff_id = ident(required=False), ident(required=False), ident(required=False)


class DelegationPage(PageResponse):
    """A page of delegations."""

    delegations = many(Delegation)
