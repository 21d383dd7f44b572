"""Reads of directory: every list within the caller's scope, paged by key."""

from services.directory.queries.accounts import (
    get_account,
    identity_of,
    list_accounts,
    list_api_keys,
    list_grants,
    list_roles,
    verify_api_key,
)
from services.directory.queries.catalogue import list_guide_problems, list_improvements, list_item_history
from services.directory.queries.items import get_calendar, get_item, list_items
from services.directory.queries.people import get_delegation, get_staff, list_delegations, list_staff
from services.directory.queries.places import (
    get_hall,
    get_region,
    get_unit,
    get_window,
    list_hall_regions,
    list_halls,
    list_history,
    list_regions,
    list_units,
    list_windows,
)

__all__ = [
    "get_account",
    "get_calendar",
    "get_delegation",
    "get_hall",
    "get_item",
    "get_region",
    "get_staff",
    "get_unit",
    "get_window",
    "identity_of",
    "list_accounts",
    "list_api_keys",
    "list_delegations",
    "list_grants",
    "list_guide_problems",
    "list_hall_regions",
    "list_halls",
    "list_history",
    "list_improvements",
    "list_item_history",
    "list_items",
    "list_regions",
    "list_roles",
    "list_staff",
    "list_units",
    "list_windows",
    "verify_api_key",
]
