"""Entrypoints of directory."""

from __future__ import annotations

from typing import Any

from chassis import Configuration, Database, due, rpc
from contracts import REGISTRY
from services.directory import events, orm, queries, usecases
from services.directory.config import DirectoryConfig
from services.directory.schemas import accounts, items, people, places

Request = dict[str, Any]
_ITEM_ROW = items.UpsertItem()
EXPIRING = 50


class DirectoryService:
    """Reference data and accounts."""

    name = "directory"
    config = Configuration(DirectoryConfig)
    db = Database("directory", contracts=REGISTRY, mappers=events.MAPPERS, configure=orm.configure)

    @rpc(request=places.UpsertRegion, response=places.Region, mutating=True)
    def upsert_region(self, request: Request) -> Any:
        return usecases.upsert_region(self.db, **request)

    @rpc(request=places.UpsertHall, response=places.Hall, mutating=True)
    def upsert_hall(self, request: Request) -> Any:
        return usecases.upsert_hall(self.db, **request)

    @rpc(request=places.UpsertUnit, response=places.Unit, mutating=True)
    def upsert_unit(self, request: Request) -> Any:
        return usecases.upsert_unit(self.db, **request)

    @rpc(request=places.UpsertWindow, response=places.Window, mutating=True)
    def upsert_window(self, request: Request) -> Any:
        return usecases.upsert_window(self.db, **request)

    @rpc(request=people.UpsertStaff, response=people.StaffMember, mutating=True)
    def upsert_staff(self, request: Request) -> Any:
        return usecases.upsert_staff(self.db, **request)

    @rpc(request=people.EndStationing, response=people.StaffMember, mutating=True)
    def end_stationing(self, request: Request) -> Any:
        return usecases.end_stationing(self.db, **request)

    @rpc(request=people.UpsertDelegation, response=people.Delegation, mutating=True)
    def upsert_delegation(self, request: Request) -> Any:
        return usecases.upsert_delegation(self.db, **request)

    @rpc(request=people.RevokeDelegation, response=people.Delegation, mutating=True)
    def revoke_delegation(self, request: Request) -> Any:
        return usecases.revoke_delegation(self.db, **request)

    @rpc(request=items.UpsertItem, response=items.Item, mutating=True)
    def upsert_item(self, request: Request) -> Any:
        return usecases.upsert_item(self.db, **request)

    @rpc(request=items.ReviewItem, response=items.Item, mutating=True)
    def review_item(self, request: Request) -> Any:
        return usecases.review_item(self.db, self.config.review_offices, **request)

    @rpc(request=items.ItemById, response=items.Item, mutating=True)
    def publish_item(self, request: Request) -> Any:
        return usecases.publish_item(self.db, **request)

    @rpc(request=items.CancelItem, response=items.Item, mutating=True)
    def cancel_item(self, request: Request) -> Any:
        return usecases.cancel_item(self.db, **request)

    @rpc(request=items.ExcludeItem, response=items.Item, mutating=True)
    def exclude_item(self, request: Request) -> Any:
        return usecases.exclude_item(self.db, **request)

    @rpc(request=items.ItemById, response=items.Item, mutating=True)
    def readmit_item(self, request: Request) -> Any:
        return usecases.readmit_item(self.db, **request)

    @rpc(request=items.ItemById, response=items.Item, mutating=True)
    def confirm_guide(self, request: Request) -> Any:
        return usecases.confirm_guide(self.db, **request)

    @rpc(request=items.DecideImprovement, response=items.Improvement, mutating=True)
    def decide_improvement(self, request: Request) -> Any:
        return usecases.decide_improvement(self.db, **request)

    @rpc(request=items.ListGuideProblems, response=items.GuideProblemPage)
    def list_guide_problems(self, request: Request) -> Any:
        return queries.list_guide_problems(self.db, self.config.guide_stale_days, **request)

    @rpc(request=items.ListItemHistory, response=items.ItemHistoryPage)
    def list_item_history(self, request: Request) -> Any:
        return queries.list_item_history(self.db, **request)

    @rpc(request=items.ListImprovements, response=items.ImprovementPage)
    def list_improvements(self, request: Request) -> Any:
        return queries.list_improvements(self.db, **request)

    @rpc(request=items.ImportItems, response=items.ImportResult, mutating=True)
    def import_items(self, request: Request) -> Any:
        return usecases.import_items(self.db, _ITEM_ROW, **request)

    @rpc(request=items.PublishCalendar, response=items.Calendar, mutating=True)
    def publish_calendar(self, request: Request) -> Any:
        return usecases.publish_calendar(self.db, **request)

    @rpc(request=accounts.CreateAccount, response=accounts.Account, mutating=True, secrets=("password",))
    def create_account(self, request: Request) -> Any:
        return usecases.create_account(self.db, **request)

    @rpc(request=accounts.UpdateAccount, response=accounts.Account, mutating=True)
    def update_account(self, request: Request) -> Any:
        return usecases.update_account(self.db, **request)

    @rpc(request=accounts.SetPassword, response=accounts.Account, mutating=True, secrets=("password",))
    def set_password(self, request: Request) -> Any:
        return usecases.set_password(self.db, **request)

    @rpc(request=accounts.GrantRole, response=accounts.Grant, mutating=True)
    def grant_role(self, request: Request) -> Any:
        return usecases.grant_role(self.db, **request)

    @rpc(request=accounts.RevokeRole, response=accounts.Grant, mutating=True)
    def revoke_role(self, request: Request) -> Any:
        return usecases.revoke_role(self.db, **request)

    @rpc(request=accounts.CreateApiKey, response=accounts.ApiKey, mutating=True, told_once=("key",))
    def create_api_key(self, request: Request) -> Any:
        return usecases.create_api_key(self.db, **request)

    @rpc(request=accounts.RevokeApiKey, response=accounts.ApiKey, mutating=True)
    def revoke_api_key(self, request: Request) -> Any:
        return usecases.revoke_api_key(self.db, **request)

    @rpc(request=accounts.Authenticate, response=accounts.Token)
    def authenticate(self, request: Request) -> Any:
        return usecases.authenticate(self.db, self.config, **request)

    @rpc(request=accounts.VerifyApiKey, response=accounts.Identity)
    def verify_api_key(self, request: Request) -> Any:
        return queries.verify_api_key(self.db, **request)

    @rpc(request=places.NoFields, response=places.HallRegions)
    def list_hall_regions(self, _request: Request) -> Any:
        return queries.list_hall_regions(self.db)

    @rpc(request=places.NoFields, response=accounts.RoleList)
    def list_roles(self, _request: Request) -> Any:
        return queries.list_roles()

    @rpc(request=places.GetRegion, response=places.Region)
    def get_region(self, request: Request) -> Any:
        return queries.get_region(self.db, **request)

    @rpc(request=places.ListRegions, response=places.RegionPage)
    def list_regions(self, request: Request) -> Any:
        return queries.list_regions(self.db, **request)

    @rpc(request=places.GetHall, response=places.Hall)
    def get_hall(self, request: Request) -> Any:
        return queries.get_hall(self.db, **request)

    @rpc(request=places.ListHalls, response=places.HallPage)
    def list_halls(self, request: Request) -> Any:
        return queries.list_halls(self.db, **request)

    @rpc(request=places.GetUnit, response=places.Unit)
    def get_unit(self, request: Request) -> Any:
        return queries.get_unit(self.db, **request)

    @rpc(request=places.ListUnits, response=places.UnitPage)
    def list_units(self, request: Request) -> Any:
        return queries.list_units(self.db, **request)

    @rpc(request=places.GetWindow, response=places.Window)
    def get_window(self, request: Request) -> Any:
        return queries.get_window(self.db, **request)

    @rpc(request=places.ListWindows, response=places.WindowPage)
    def list_windows(self, request: Request) -> Any:
        return queries.list_windows(self.db, **request)

    @rpc(request=places.ListHistory, response=places.HistoryPage)
    def list_history(self, request: Request) -> Any:
        return queries.list_history(self.db, **request)

    @rpc(request=people.GetStaff, response=people.StaffMember)
    def get_staff(self, request: Request) -> Any:
        return queries.get_staff(self.db, **request)

    @rpc(request=people.ListStaff, response=people.StaffPage)
    def list_staff(self, request: Request) -> Any:
        return queries.list_staff(self.db, **request)

    @rpc(request=people.GetDelegation, response=people.Delegation)
    def get_delegation(self, request: Request) -> Any:
        return queries.get_delegation(self.db, **request)

    @rpc(request=people.ListDelegations, response=people.DelegationPage)
    def list_delegations(self, request: Request) -> Any:
        return queries.list_delegations(self.db, **request)

    @rpc(request=items.ItemById, response=items.Item)
    def get_item(self, request: Request) -> Any:
        return queries.get_item(self.db, **request)

    @rpc(request=items.ListItems, response=items.ItemPage)
    def list_items(self, request: Request) -> Any:
        return queries.list_items(self.db, **request)

    @rpc(request=items.GetCalendar, response=items.Calendar)
    def get_calendar(self, request: Request) -> Any:
        return queries.get_calendar(self.db, **request)

    @rpc(request=accounts.AccountById, response=accounts.Account)
    def get_account(self, request: Request) -> Any:
        return queries.get_account(self.db, **request)

    @rpc(request=accounts.ListAccounts, response=accounts.AccountPage)
    def list_accounts(self, request: Request) -> Any:
        return queries.list_accounts(self.db, **request)

    @rpc(request=accounts.ListGrants, response=accounts.GrantPage)
    def list_grants(self, request: Request) -> Any:
        return queries.list_grants(self.db, **request)

    @rpc(request=accounts.ListApiKeys, response=accounts.ApiKeyPage)
    def list_api_keys(self, request: Request) -> Any:
        return queries.list_api_keys(self.db, **request)

    @due(every_seconds=30.0, batch=EXPIRING)
    def expire_items(self) -> int:
        return usecases.expire_items(self.db, limit=EXPIRING)
