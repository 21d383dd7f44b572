"""A step that lies before a case, in the applicant's words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """In both languages; `by` is the day by which it happens, if there is one."""

    zh: str
    en: str
    by: dt.date | None = None
