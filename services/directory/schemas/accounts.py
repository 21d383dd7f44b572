"""Requests and answers about accounts, roles, grants, API keys and login."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.directory.schemas.fields import PageRequest, PageResponse, ident, many, moment, one_of, text

_LOGIN = validate.Regexp(r"^[a-z0-9][a-z0-9._@-]{2,63}$", error="3-64 characters of a-z, 0-9, . _ @ -")
_PASSWORD = validate.Length(min=1, max=200)


class Account(Schema):
    """An account; never its password."""

    account_id, login, name = ident(), text(64), text(100)
    staff_id, hall_id = ident(required=False), ident(required=False)
    region = fields.String()
    status = text(20)
    has_password = fields.Boolean()
    locked_until, created_at = moment(), moment()


class CreateAccount(Schema):
    """A new account; its home is a hall or a region."""

    login = fields.String(required=True, validate=_LOGIN)
    name = text(100)
    password = fields.String(load_default=None, validate=_PASSWORD, load_only=True)
    staff_id, hall_id, region = ident(required=False), ident(required=False), ident(required=False)

    @validates_schema
    def one_home(self, data: dict[str, object], **_: object) -> None:
        """Exactly one of hall and region."""
        if (data.get("hall_id") is None) == (data.get("region") is None):
            raise ValidationError("exactly one of hall_id and region", "hall_id")


class UpdateAccount(Schema):
    """Name and status; what is not given stays."""

    account_id = ident()
    name = text(100, required=False)
    status = one_of("active", "disabled")


class SetPassword(Schema):
    """A new password for an account."""

    account_id = ident()
    password = fields.String(required=True, validate=_PASSWORD, load_only=True)


class AccountById(Schema):
    """By id."""

    account_id = ident()


class ListAccounts(PageRequest):
    """Accounts in login order."""

    hall_id = ident(required=False)
    login = text(64, required=False)


class AccountPage(PageResponse):
    """A page of accounts."""

    accounts = many(Account)


class Role(Schema):
    """A role and what it permits."""

    role, name_zh, name_en = ident(), text(50), text(50)
    permissions = many(fields.String())


class RoleList(Schema):
    """Every role."""

    roles = many(Role)


class Grant(Schema):
    """A role within a scope."""

    grant_id, account_id, role, scope = ident(), ident(), ident(), text(80)
    valid_from, valid_to = moment(), moment()


class GrantRole(Schema):
    """A role for an account within a scope."""

    account_id, role, scope = ident(), ident(), text(80)


class RevokeRole(Schema):
    """By grant."""

    grant_id = ident()


class ListGrants(PageRequest):
    """Grants in id order, revoked ones too."""

    account_id, role = ident(required=False), ident(required=False)


class GrantPage(PageResponse):
    """A page of grants."""

    grants = many(Grant)


class ApiKey(Schema):
    """An API key; `key` only in the first answer of its creation."""

    key_id, account_id, name, hint = ident(), ident(), text(100), text(20)
    created_at, expires_at, revoked_at = moment(), moment(), moment()
    key = fields.String()


class CreateApiKey(Schema):
    """A key for an account."""

    account_id, name = ident(), text(100)
    expires_at = moment()


class RevokeApiKey(Schema):
    """By id."""

    key_id = ident()


class ListApiKeys(PageRequest):
    """Keys in id order, revoked ones too."""

    account_id = ident(required=False)


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
    expires_at = moment()
    account_id = ident()
    staff_id = ident(required=False)


class VerifyApiKey(Schema):
    """The SHA-256 of a key, in hex."""

    key_hash = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}$"))


class Identity(Schema):
    """Who a key belongs to and what he may."""

    account_id = ident()
    staff_id = ident(required=False)
    grants = fields.List(fields.Dict())
