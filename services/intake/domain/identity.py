"""Papers that prove who somebody is, and their numbers: one written form, and the checks their rules allow.

Resident identity card (GB 11643-1999) and the residence permits of the same form: region code, day of birth, sequence, check character by ISO 7064
MOD 11-2. Unified social credit code of organisations (GB 32100-2015): MOD 31-3. Other papers have no public check; only their shape is looked at.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from services.intake.domain.errors import Invalid
from services.intake.domain.masking import is_masked

RESIDENT_ID, RESIDENCE_PERMIT, FOREIGNER_PERMIT = "resident_id", "residence_permit", "foreigner_permit"
PASSPORT, TRAVEL_PERMIT, CREDIT_CODE, OTHER = "passport", "travel_permit", "credit_code", "other"
ID_KINDS = (RESIDENT_ID, RESIDENCE_PERMIT, FOREIGNER_PERMIT, PASSPORT, TRAVEL_PERMIT, CREDIT_CODE, OTHER)

_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82".split()  # noqa: SIM905  one line
)
_RESIDENCE_REGIONS = ("810000", "820000", "830000")  # Hong Kong, Macao, Taiwan (港澳台居民居住证)
_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CARD_CHECKS = "10X98765432"
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CARD = re.compile(r"^\d{17}[\dX]$", re.ASCII)
_CODE = re.compile(rf"^[{_CODE_ALPHABET}]{{18}}$")
_ANY = re.compile(r"^[A-Z0-9()/-]{4,30}$", re.ASCII)
_MOBILE = re.compile(r"^1[3-9]\d{9}$", re.ASCII)
_PHONE = re.compile(r"^(0\d{2,3}-?\d{7,8}(-\d{1,6})?|\+\d{6,15}|\d{5,12})$", re.ASCII)
_OLDEST = dt.date(1880, 1, 1)


def id_number(kind: str, written: str, *, today: dt.date, field: str) -> str:
    """The number in its one written form. Raises Invalid ID_NUMBER_INVALID naming the field and the rule, never the number."""
    number = searched_number(written, field=field)
    wrong = _wrong(kind, number, today)
    if wrong:
        raise Invalid("ID_NUMBER_INVALID", f"{field}: {wrong}", field=field)
    return number


def searched_number(written: str, *, field: str) -> str:
    """The written form of a number whose kind is not known. Raises Invalid MASKED_VALUE: nothing is found by a mask."""
    if is_masked(written):
        raise Invalid("MASKED_VALUE", f"{field}: masked, not the value itself", field=field)
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", written)).upper()


def _wrong(kind: str, number: str, today: dt.date) -> str:
    if kind in (RESIDENT_ID, RESIDENCE_PERMIT, FOREIGNER_PERMIT):
        return _wrong_card(kind, number, today)
    if kind == CREDIT_CODE:
        if not _CODE.match(number):
            return "a unified social credit code has 18 characters, without I, O, S, V and Z"
        return "" if _code_check(number[:17]) == number[17] else "the check character does not fit"
    return "" if _ANY.match(number) else "4 to 30 letters and digits"


def _wrong_card(kind: str, number: str, today: dt.date) -> str:
    if kind == FOREIGNER_PERMIT and not number.startswith("9"):
        # The permits issued before 2023 have 15 characters and no public check.
        return "" if re.fullmatch(r"[A-Z]{3}\d{12}", number) else "18 characters beginning with 9, or the old 3 letters and 12 digits"
    if not _CARD.match(number):
        return "17 digits and a check character; the 15-digit numbers are void since 2013"
    return _wrong_region(kind, number) or _wrong_birth(number, today) or _wrong_check(number)


def _wrong_region(kind: str, number: str) -> str:
    if kind == RESIDENT_ID and number[:2] not in _PROVINCES:
        return "the first two digits name no province"
    if kind == RESIDENCE_PERMIT and number[:6] not in _RESIDENCE_REGIONS:
        return "begins with 810000, 820000 or 830000"
    return ""


def _wrong_birth(number: str, today: dt.date) -> str:
    try:
        born = dt.datetime.strptime(number[6:14], "%Y%m%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        return "digits 7 to 14 are no day of birth"
    return "" if _OLDEST <= born <= today else "digits 7 to 14 are no possible day of birth"


def _wrong_check(number: str) -> str:
    return "" if _card_check(number[:17]) == number[17] else "the check character does not fit"


def _card_check(digits: str) -> str:
    return _CARD_CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, _CARD_WEIGHTS, strict=True)) % 11]


def _code_check(characters: str) -> str:
    total = sum(_CODE_ALPHABET.index(c) * weight for c, weight in zip(characters, _CODE_WEIGHTS, strict=True))
    return _CODE_ALPHABET[-total % 31]


def phone_number(written: str, *, field: str) -> str:
    """A phone number in its one written form: no blanks, no +86. Raises Invalid PHONE_INVALID naming the field."""
    number = re.sub(r"[\s().]", "", unicodedata.normalize("NFKC", written))
    number = re.sub(r"^(\+|00)86-?", "", number)
    bare = number.replace("-", "")
    if _MOBILE.match(bare):
        return bare
    if not _PHONE.match(number):
        raise Invalid("PHONE_INVALID", f"{field}: no phone number", field=field)
    return number
