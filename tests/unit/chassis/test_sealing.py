"""The vault and its keys."""

import base64

import pytest

from chassis.config import ConfigError, load
from chassis.errors import Internal
from chassis.sealing import Key, SealingConfig, Vault
from chassis.testing import a_vault

PLACE = "intake.applicants.sealed.c1"


def test_a_sealed_text_opens_in_its_place_and_shows_nothing():
    vault = a_vault()
    sealed = vault.seal("520201199003078134", context=PLACE)
    assert vault.open(sealed, context=PLACE) == "520201199003078134"
    assert sealed.startswith("t1.")
    assert "5202" not in sealed
    assert vault.seal("520201199003078134", context=PLACE) != sealed


def test_nothing_stays_nothing():
    assert a_vault().seal("", context=PLACE) == a_vault().open("", context=PLACE) == ""


@pytest.mark.parametrize(
    "change", [lambda s: s[:-2] + ("A" if s[-2] != "A" else "B") + s[-1], lambda s: s[:10], lambda s: "t1.", lambda s: "t1.é"]
)
def test_what_was_tampered_with_does_not_open(change):
    vault = a_vault()
    with pytest.raises(Internal) as caught:
        vault.open(change(vault.seal("13812345678", context=PLACE)), context=PLACE)
    assert caught.value.reason == "SEAL_BROKEN"
    assert "138" not in str(caught.value)


def test_a_value_moved_to_another_row_does_not_open():
    vault = a_vault()
    with pytest.raises(Internal) as caught:
        vault.open(vault.seal("x", context=PLACE), context="intake.applicants.sealed.c2")
    assert caught.value.reason == "SEAL_BROKEN"


def test_an_old_key_still_opens_and_the_first_one_seals():
    sealed = a_vault("t1").seal("x", context=PLACE)
    both = a_vault("t2", "t1")
    assert both.open(sealed, context=PLACE) == "x"
    assert both.seal("x", context=PLACE).startswith("t2.")
    with pytest.raises(Internal) as caught:
        a_vault("t2").open(sealed, context=PLACE)
    assert caught.value.reason == "SEALING_KEY_UNKNOWN"


def test_hashes_are_equal_for_equal_texts_of_one_context_under_one_key():
    old, both = a_vault("t1"), a_vault("t2", "t1")
    stored = old.fingerprint("x", context="a")
    assert stored == old.fingerprint("x", context="a")
    assert stored not in (old.fingerprint("x", context="b"), old.fingerprint("y", context="a"), both.fingerprint("x", context="a"))
    assert stored in both.fingerprints("x", context="a")


def a_key(name: str, fill: bytes = b"k") -> str:
    return Key(name, fill * 32).written()


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("", "at least one key"),
        ("nocolon", "<id>:<base64>"),
        ("UPPER:" + base64.b64encode(b"k" * 32).decode(), "small letters"),
        ("a:" + base64.b64encode(b"k" * 16).decode(), "16 bytes, must be 32"),
        ("a:***", "not base64"),
        (f"{a_key('a')},{a_key('a', b'l')}", "same id"),
        (a_key("a", b"i"), "must not share a secret"),
    ],
)
def test_bad_keys_are_refused_at_start_by_name(keys, problem):
    with pytest.raises(ConfigError) as caught:
        load(SealingConfig, "HALLBUS_X", {"HALLBUS_SEALING_KEYS": keys, "HALLBUS_INDEX_KEYS": a_key("i", b"i")})
    assert problem in str(caught.value)
    assert base64.b64encode(b"k" * 32).decode() not in str(caught.value)


def test_missing_keys_are_an_error_that_says_how_to_make_them():
    with pytest.raises(ConfigError) as caught:
        load(SealingConfig, "HALLBUS_X", {})
    assert len(caught.value.problems) == 2
    assert "python -m chassis.sealing new-key" in str(caught.value)


def test_keys_come_from_files_and_never_show_in_a_repr(tmp_path):
    (tmp_path / "keys").write_text(f"{a_key('new')}, {a_key('old', b'o')}\n")
    config = load(SealingConfig, "HALLBUS_X", {"HALLBUS_SEALING_KEYS_FILE": str(tmp_path / "keys"), "HALLBUS_INDEX_KEYS": a_key("i", b"i")})
    assert isinstance(config.vault, Vault)
    assert config.vault.sealed_by == "new."
    assert "kkkk" not in repr(Key("a", b"k" * 32))
