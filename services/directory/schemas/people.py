"""Requests and answers about staff, stationing and delegations."""

from marshmallow import Schema, fields, validate

from chassis.fields import PageRequest, PageResponse, a_day, an_id, count, many, maybe_day, maybe_id, maybe_words, must_be, one_of, words

POSTS = ("a", "b")


class Stationing(Schema):
    """One period at one post."""

    hall_id, region, unit_id = an_id(), an_id(), an_id()
    window_id = maybe_id()
    pin = words(24)
    post = must_be(*POSTS)
    valid_from, valid_to = a_day(), maybe_day()
    status = words(20)


class StaffMember(Schema):
    """A person with every stationing period."""

    staff_id, name, hall_id, region = an_id(), words(50), an_id(), an_id()
    stationings = many(Stationing)
    version = count()


class UpsertStaff(Schema):
    """A person and the stationing from `valid_from`."""

    staff_id, name, hall_id, unit_id = an_id(), words(50), an_id(), an_id()
    window_id = maybe_id()
    pin = fields.String(required=True, validate=validate.Regexp(r"^[0-9A-Za-z]{1,24}\Z"))
    post = one_of(*POSTS, default="a")
    valid_from, valid_to = a_day(), maybe_day()


class EndStationing(Schema):
    """The last day of the running stationing."""

    staff_id, valid_to = an_id(), a_day()


class GetStaff(Schema):
    """By id."""

    staff_id = an_id()


class ListStaff(PageRequest):
    """People in id order."""

    hall_id, unit_id = maybe_id(), maybe_id()


class StaffPage(PageResponse):
    """A page of people."""

    staff = many(StaffMember)


class Delegation(Schema):
    """A delegation and its status today."""

    delegation_id, unit_id, staff_id, hall_id, region = an_id(), an_id(), an_id(), an_id(), an_id()
    item_ids = many(an_id())
    content, document_no = maybe_words(2000), words(100)
    valid_from, valid_to, revoked_on = a_day(), a_day(), maybe_day()
    revoke_reason = maybe_words(500)
    status = words(20)
    version = count()


class UpsertDelegation(Schema):
    """A signed delegation."""

    delegation_id, unit_id, staff_id = an_id(), an_id(), an_id()
    item_ids = many(an_id())
    content, document_no = maybe_words(2000), words(100)
    valid_from, valid_to = a_day(), a_day()


class RevokeDelegation(Schema):
    """Taking it back, with the reason."""

    delegation_id, reason = an_id(), words(500)


class GetDelegation(Schema):
    """By id."""

    delegation_id = an_id()


class ListDelegations(PageRequest):
    """Delegations in id order."""

    hall_id, unit_id, staff_id = maybe_id(), maybe_id(), maybe_id()


class DelegationPage(PageResponse):
    """A page of delegations."""

    delegations = many(Delegation)
