"""Region paths: GB/T 2260 codes (and GB/T 10114 below the county) as dotted paths, "52.02.01" for 520201."""

import re

from services.directory.domain.errors import Invalid

LEVELS = ("province", "city", "county", "township")
_PATH = re.compile(r"\d{2}(\.\d{2}){0,2}(\.\d{2,3})?")


def check_path(path: str, field: str = "region") -> str:
    """Return `path`; raises Invalid REGION_PATH_INVALID when it is not a dotted GB/T 2260 path."""
    if not _PATH.fullmatch(path) or path.count(".") >= len(LEVELS):
        raise Invalid("REGION_PATH_INVALID", f"{field}: {path!r} is not a dotted GB/T 2260 code such as 52.02.01", field=field)
    return path


def parent_of(path: str) -> str | None:
    """The path one level up; None for a province."""
    return path.rpartition(".")[0] or None


def level_of(path: str) -> str:
    """Province, city, county or township, by depth."""
    return LEVELS[path.count(".")]


def code_of(path: str) -> str:
    """The administrative code: six digits down to the county ("520000", "520201"), longer below."""
    digits = path.replace(".", "")
    return digits.ljust(6, "0")


def contains(outer: str, inner: str) -> bool:
    """Whether `inner` is `outer` or lies below it."""
    return inner == outer or inner.startswith(outer + ".")
