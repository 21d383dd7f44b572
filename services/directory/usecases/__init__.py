"""Commands of directory: one function each, one transaction, one aggregate."""

from services.directory.usecases.accounts import (
    create_account,
    create_api_key,
    grant_role,
    revoke_api_key,
    revoke_role,
    set_password,
    update_account,
)
from services.directory.usecases.calendar import publish_calendar
from services.directory.usecases.imports import import_items
from services.directory.usecases.items import (
    cancel_item,
    confirm_guide,
    decide_improvement,
    exclude_item,
    expire_items,
    publish_item,
    readmit_item,
    review_item,
    upsert_item,
)
from services.directory.usecases.login import authenticate
from services.directory.usecases.people import end_stationing, revoke_delegation, upsert_delegation, upsert_staff
from services.directory.usecases.places import upsert_hall, upsert_region, upsert_unit, upsert_window

__all__ = [
    "authenticate",
    "cancel_item",
    "confirm_guide",
    "create_account",
    "create_api_key",
    "decide_improvement",
    "end_stationing",
    "exclude_item",
    "expire_items",
    "grant_role",
    "import_items",
    "publish_calendar",
    "publish_item",
    "readmit_item",
    "review_item",
    "revoke_api_key",
    "revoke_delegation",
    "revoke_role",
    "set_password",
    "update_account",
    "upsert_delegation",
    "upsert_hall",
    "upsert_item",
    "upsert_region",
    "upsert_staff",
    "upsert_unit",
    "upsert_window",
]
