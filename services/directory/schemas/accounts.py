"""Requests and answers about accounts, roles, grants, API keys and login."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.fields import PageRequest, PageResponse, an_id, many, maybe_id, maybe_moment, maybe_words, one_of, words

_LOGIN = validate.Regexp(r"^[a-z0-9][a-z0-9._@-]{2,63}\Z", error="3-64 characters of a-z, 0-9, . _ @ -")
_PASSWORD = validate.Length(min=1, max=200)


class Account(Schema):
    """An account; never its password."""

    account_id, login, name = an_id(), words(64), words(100)
    staff_id, hall_id = maybe_id(), maybe_id()
    region = fields.String()
    status = words(20)
    has_password = fields.Boolean()
    locked_until, created_at = maybe_moment(), maybe_moment()


class CreateAccount(Schema):
    """A new account; its home is a hall or a region."""

    login = fields.String(required=True, validate=_LOGIN)
    name = words(100)
    password = fields.String(load_default=None, validate=_PASSWORD, load_only=True)
    staff_id, hall_id, region = maybe_id(), maybe_id(), maybe_id()

    @validates_schema
    def one_home(self, data: dict[str, object], **_: object) -> None:
        """Exactly one of hall and region."""
        if (data.get("hall_id") is None) == (data.get("region") is None):
            raise ValidationError("exactly one of hall_id and region", "hall_id")


class UpdateAccount(Schema):
    """Name and status; what is not given stays."""

    account_id = an_id()
    name = maybe_words(100)
    status = one_of("active", "disabled")


class SetPassword(Schema):
    """A new password for an account."""

    account_id = an_id()
    password = fields.String(required=True, validate=_PASSWORD, load_only=True)


class AccountById(Schema):
    """By id."""

    account_id = an_id()


class ListAccounts(PageRequest):
    """Accounts in login order."""

    hall_id = maybe_id()
    login = maybe_words(64)


class AccountPage(PageResponse):
    """A page of accounts."""

    accounts = many(Account)


class Role(Schema):
    """A role and what it permits."""

    role, name_zh, name_en = an_id(), words(50), words(50)
    permissions = many(fields.String())


class RoleList(Schema):
    """Every role."""

    roles = many(Role)


class Grant(Schema):
    """A role within a scope."""

    grant_id, account_id, role, scope = an_id(), an_id(), an_id(), words(80)
    valid_from, valid_to = maybe_moment(), maybe_moment()


class GrantRole(Schema):
    """A role for an account within a scope."""

    account_id, role, scope = an_id(), an_id(), words(80)


class RevokeRole(Schema):
    """By grant."""

    grant_id = an_id()


class ListGrants(PageRequest):
    """Grants in id order, revoked ones too."""

    account_id, role = maybe_id(), maybe_id()


class GrantPage(PageResponse):
    """A page of grants."""

    grants = many(Grant)


class ApiKey(Schema):
    """An API key; `key` only in the first answer of its creation."""

    key_id, account_id, name, hint = an_id(), an_id(), words(100), words(20)
    created_at, expires_at, revoked_at = maybe_moment(), maybe_moment(), maybe_moment()
    key = fields.String()


class CreateApiKey(Schema):
    """A key for an account."""

    account_id, name = an_id(), words(100)
    expires_at = maybe_moment()


class RevokeApiKey(Schema):
    """By id."""

    key_id = an_id()


class ListApiKeys(PageRequest):
    """Keys in id order, revoked ones too."""

    account_id = maybe_id()


class ApiKeyPage(PageResponse):
    """A page of keys."""

    keys = many(ApiKey)


class Authenticate(Schema):
    """Login and password."""

    login = fields.String(required=True, validate=validate.Length(max=64))
    password = fields.String(required=True, validate=validate.Length(max=200), load_only=True)


class Token(Schema):
    """A JWT and its end."""

    token = fields.String()
    expires_at = maybe_moment()
    account_id = an_id()
    staff_id = maybe_id()


class VerifyApiKey(Schema):
    """The SHA-256 of a key, in hex."""

    key_hash = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))


class Identity(Schema):
    """Who a key belongs to and what he may."""

    account_id = an_id()
    staff_id = maybe_id()
    grants = fields.List(fields.Dict())
