"""Service items (事项) and their versions: draft → reviewed → in the hall → superseded, cancelled, exited or delegated down (四关)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.directory.domain import guides
from services.directory.domain.contents import ItemContent, to_plain
from services.directory.domain.errors import DomainError, Invalid
from services.directory.domain.improvements import Improvement, gains

OPEN = ("draft", "reviewed")
OFFICES = ("centre", "supervision", "price", "legal")
"""Who gives an opinion before an item enters the hall (M-A2): the centre, supervision, price and legal offices."""
EXITS = ("cancelled", "exited", "delegated_down")
EXCLUSIONS = ("state_secret", "national_security", "extremely_rare")
"""Why the government may keep an item out of the hall (M-A2)."""


@dataclass
class ItemVersion:
    """One version with its status and the time it was in force."""

    item_id: str
    number: int
    region: str
    hall_id: str
    status: str
    content: dict[str, Any]
    created_at: dt.datetime
    created_by: str
    opinions: list[dict[str, Any]] = field(default_factory=list)
    approval_document: str | None = None
    guide_missing: list[str] = field(default_factory=list)
    guide_checked_at: dt.datetime | None = None
    published_by: str | None = None
    valid_from: dt.datetime | None = None
    valid_to: dt.datetime | None = None
    reason: str | None = None


@dataclass(frozen=True)
class ItemPublished:
    """A version entered the hall, is about to leave it on `cancelled_on`, or left it."""

    version: int
    at: dt.datetime
    number: int
    status: str
    content: dict[str, Any]
    cancelled_on: dt.date | None


@dataclass(frozen=True)
class Exit:
    """How an item leaves the hall: the outcome, why, by which document, and to whom it is delegated down.

    `on` is the day from which the upper level has cancelled it; nothing is received from that day on (M-A4).
    """

    outcome: str
    reason: str
    document_no: str = ""
    on: dt.date | None = None
    delegated_to: str = ""


@dataclass
class Item:
    """An item of one unit in one hall; `name` is that of the newest version, for lists.

    `exclusion` is the government's approval to keep it out of the hall; `leaving` how it is to leave on `cancelled_on`.
    """

    item_id: str
    unit_id: str
    region: str
    hall_id: str
    name: str
    status: str
    versions: list[ItemVersion] = field(default_factory=list)
    cancelled_on: dt.date | None = None
    leaving: dict[str, Any] | None = None
    exclusion: dict[str, Any] | None = None
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def revise(self, content: ItemContent, *, by: str, at: dt.datetime) -> bool:
        """Write a draft: changes the open one or starts the next version. False when nothing differs.

        Raises Invalid ITEM_CONTENT_INVALID naming the first wrong field; DomainError ITEM_EXCLUDED.
        """
        wrong = content.problems()
        if wrong:
            name, text = wrong[0]
            raise Invalid("ITEM_CONTENT_INVALID", f"{name}: {text}", field=name)
        if self.status == "excluded":
            raise DomainError("ITEM_EXCLUDED", "the item is kept out of the hall by approval", item_id=self.item_id)
        stored = to_plain(content)
        newest = self.newest()
        if newest is not None and newest.content == stored and newest.status in (*OPEN, "in_hall"):
            return False
        if newest is not None and newest.status in OPEN:
            # The offices spoke about other words.
            newest.content, newest.status, newest.opinions, newest.created_by = stored, "draft", [], by
        else:
            newest = ItemVersion(self.item_id, 1 + (newest.number if newest else 0), self.region, self.hall_id, "draft", stored, at, by)
            self.versions.append(newest)
        newest.guide_missing = guides.missing(content)
        self.name = content.name
        if self.status != "in_hall":
            self.status = "draft"
        return True

    def give_opinion(self, office: str, *, agrees: bool, opinion: str, by: str, at: dt.datetime, needed: tuple[str, ...]) -> None:
        """An office speaks about the draft; with the last of `needed` agreeing it is reviewed, and an objection keeps it a draft.

        Raises DomainError ITEM_NOT_DRAFT, SAME_PERSON (the author, or somebody who spoke for another office).
        """
        newest = self.newest()
        if newest is None or newest.status != "draft":
            raise DomainError("ITEM_NOT_DRAFT", "there is no draft to review", item_id=self.item_id)
        if by == newest.created_by:
            raise DomainError("SAME_PERSON", "who wrote the draft cannot review it", item_id=self.item_id)
        others = [said for said in newest.opinions if said["office"] != office]
        if any(said["by"] == by for said in others):
            raise DomainError("SAME_PERSON", "one person speaks for one office", item_id=self.item_id)
        newest.opinions = [*others, {"office": office, "agrees": agrees, "opinion": opinion, "by": by, "at": at.isoformat()}]
        agreed = {said["office"] for said in newest.opinions if said["agrees"]}
        if agreed.issuperset(needed) and all(said["agrees"] for said in newest.opinions):
            self._reviewed(newest)

    def approve_by_document(self, document_no: str) -> None:
        """The draft passes by a document that approves a whole catalogue. Raises DomainError ITEM_NOT_DRAFT."""
        newest = self.newest()
        if newest is None or newest.status != "draft":
            raise DomainError("ITEM_NOT_DRAFT", "there is no draft to review", item_id=self.item_id)
        newest.approval_document = document_no
        self._reviewed(newest)

    def _reviewed(self, newest: ItemVersion) -> None:
        newest.status = "reviewed"
        if self.status == "draft":
            self.status = "reviewed"

    def publish(self, *, by: str, at: dt.datetime) -> list[Improvement]:
        """The reviewed version enters the hall; the one in force before stays for running cases. What it does better, without ids.

        Raises DomainError ITEM_NOT_REVIEWED, GUIDE_INCOMPLETE.
        """
        newest = self.newest()
        if newest is None or newest.status != "reviewed":
            raise DomainError("ITEM_NOT_REVIEWED", "only a reviewed version enters the hall", item_id=self.item_id)
        if newest.guide_missing:
            text = ", ".join(newest.guide_missing)
            raise DomainError("GUIDE_INCOMPLETE", f"the guide does not say: {text}", missing=text, field=newest.guide_missing[0])
        earlier = [v.content for v in sorted(self.versions, key=lambda v: v.number) if v.valid_from is not None]
        for old in self.versions:
            if old.status == "in_hall":
                old.status, old.valid_to = "superseded", at
        newest.status, newest.valid_from, newest.guide_checked_at, newest.published_by = "in_hall", at, at, by
        self.status, self.cancelled_on, self.leaving = "in_hall", None, None
        self._announce(newest, at)
        return [
            Improvement(
                "", self.region, self.hall_id, self.unit_id, self.item_id, self.name, newest.number, gain.kind, gain.before, gain.after,
                gain.day_kind, by, at,
            )
            for gain in gains(newest.content, earlier)
        ]  # fmt: skip

    def confirm_guide(self, *, at: dt.datetime) -> None:
        """Somebody has looked the guide through and found it right. Raises DomainError ITEM_NOT_IN_HALL."""
        self._current().guide_checked_at = at

    def leave(self, how: Exit, *, today: dt.date, at: dt.datetime) -> None:
        """The item leaves the hall, at once or on the day from which it is cancelled: no new receipts, running cases go on.

        Raises DomainError ITEM_NOT_IN_HALL; Invalid DOCUMENT_REQUIRED, DELEGATE_REQUIRED.
        """
        current = self._current()
        if how.outcome != "exited" and not how.document_no.strip():
            raise Invalid("DOCUMENT_REQUIRED", "document_no: name the document of the upper level", field="document_no")
        if how.outcome == "delegated_down" and not how.delegated_to.strip():
            raise Invalid("DELEGATE_REQUIRED", "delegated_to: name the hall or unit that takes it over", field="delegated_to")
        self.cancelled_on = how.on or today
        self.leaving = {"outcome": how.outcome, "reason": how.reason, "document_no": how.document_no, "delegated_to": how.delegated_to}
        if self.cancelled_on > today:
            self._announce(current, at)
        else:
            self.expire(at=at)

    def expire(self, *, at: dt.datetime) -> None:
        """The day of leaving has come. Raises DomainError ITEM_NOT_IN_HALL."""
        current = self._current()
        assert self.leaving is not None
        current.status, current.valid_to, current.reason = self.leaving["outcome"], at, self.leaving["reason"]
        self.status = self.leaving["outcome"]
        self._announce(current, at)

    def exclude(self, kind: str, *, document_no: str, approved_on: dt.date, reason: str) -> None:
        """The government approves that the item stays out of the hall. Raises DomainError ITEM_IN_HALL."""
        if self.status == "in_hall":
            raise DomainError("ITEM_IN_HALL", "it has to leave the hall first", item_id=self.item_id)
        self.status = "excluded"
        self.exclusion = {"kind": kind, "document_no": document_no, "approved_on": approved_on.isoformat(), "reason": reason}

    def readmit(self) -> None:
        """The exclusion is lifted. Raises DomainError ITEM_NOT_EXCLUDED."""
        if self.status != "excluded":
            raise DomainError("ITEM_NOT_EXCLUDED", "nothing keeps it out of the hall", item_id=self.item_id)
        newest = self.newest()
        self.status, self.exclusion = newest.status if newest else "draft", None

    def newest(self) -> ItemVersion | None:
        """The version with the highest number."""
        return max(self.versions, key=lambda v: v.number, default=None)

    def _current(self) -> ItemVersion:
        current = next((v for v in self.versions if v.status == "in_hall"), None)
        if current is None:
            raise DomainError("ITEM_NOT_IN_HALL", "the item is not in the hall", item_id=self.item_id)
        return current

    def _announce(self, of: ItemVersion, at: dt.datetime) -> None:
        self.version += 1
        self.pending_events.append(ItemPublished(self.version, at, of.number, of.status, dict(of.content), self.cancelled_on))
