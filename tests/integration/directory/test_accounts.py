"""Accounts, roles, keys, login, the first administrator."""

import threading
import time

import jwt
import pytest

from chassis.errors import HallbusError, Unauthenticated
from chassis.testing import make_service
from services.directory.bootstrap import bootstrap
from services.directory.config import DirectoryConfig
from services.directory.service import DirectoryService
from services.directory.usecases.accounts import digest

PASSWORD = "correct horse 9"


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


@pytest.fixture
def account(city):
    return city("create_account", login="wangli", name="王丽", password=PASSWORD, staff_id="s0001", hall_id="h0001")


def test_a_token_carries_who_and_what_where(city, account, jwt_key):
    city("grant_role", account_id=account["account_id"], role="window_staff", scope="hall:h0001")
    city("grant_role", account_id=account["account_id"], role="window_staff", scope="hall:h0002")
    answer = city("authenticate", login="WangLi", password=PASSWORD)
    claims = jwt.decode(answer["token"], jwt_key[1], algorithms=["EdDSA"], audience="hallbus-gateway", issuer="hallbus")
    assert (claims["sub"], claims["staff_id"]) == (account["account_id"], "s0001")
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["iat"] - time.time()) < 60
    (grant,) = claims["grants"]
    assert grant["scopes"] == ["hall:h0001", "hall:h0002"]
    assert "intake.case.write" in grant["permissions"]


@pytest.mark.parametrize(("login", "password"), [("wangli", "wrong"), ("nobody", PASSWORD), ("", PASSWORD), ("wangli", "")])
def test_every_failure_looks_the_same(city, account, login, password):
    error = refused("INVALID_CREDENTIALS", city, "authenticate", login=login, password=password)
    assert isinstance(error, Unauthenticated)


def test_repeated_failures_lock_and_a_new_password_unlocks(city, account):
    for _ in range(3):
        refused("INVALID_CREDENTIALS", city, "authenticate", login="wangli", password="wrong")
    refused("INVALID_CREDENTIALS", city, "authenticate", login="wangli", password=PASSWORD)
    assert city("get_account", account_id=account["account_id"])["locked_until"]
    city("set_password", account_id=account["account_id"], password="another horse 9")
    assert city("authenticate", login="wangli", password="another horse 9")["account_id"] == account["account_id"]


def test_parallel_guesses_cannot_outrun_the_lockout(city, account):
    answers = []

    def guess():
        try:
            city("authenticate", login="wangli", password="wrong")
        except HallbusError as error:
            answers.append(error.reason)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["INVALID_CREDENTIALS"] * 8
    refused("INVALID_CREDENTIALS", city, "authenticate", login="wangli", password=PASSWORD)


def test_success_clears_the_count_and_a_disabled_account_is_shut(city, account):
    for _ in range(2):
        for _ in range(2):
            refused("INVALID_CREDENTIALS", city, "authenticate", login="wangli", password="wrong")
        city("authenticate", login="wangli", password=PASSWORD)
    city("update_account", account_id=account["account_id"], status="disabled")
    refused("INVALID_CREDENTIALS", city, "authenticate", login="wangli", password=PASSWORD)


def test_no_key_no_token(city, account):
    bare = make_service(DirectoryService, db=city.db, config=DirectoryConfig())
    city.service = bare
    refused("SIGNING_KEY_MISSING", city, "authenticate", login="wangli", password=PASSWORD)


def test_accounts_are_checked(city, account):
    refused("LOGIN_TAKEN", city, "create_account", login="wangli", name="x", hall_id="h0001")
    refused("PASSWORD_TOO_WEAK", city, "create_account", login="lisi", name="x", password="short", hall_id="h0001")
    refused("PASSWORD_TOO_WEAK", city, "create_account", login="lisilisilisi", name="x", password="LisiLisiLisi", hall_id="h0001")
    refused("INVALID_REQUEST", city, "create_account", login="lisi", name="x")
    refused("INVALID_REQUEST", city, "create_account", login="Li Si", name="x", hall_id="h0001")
    refused("STAFF_NOT_FOUND", city, "create_account", login="lisi", name="x", hall_id="h0001", staff_id="s9")
    assert "password" not in str(city("list_accounts"))[:0] + str(city("list_accounts")["accounts"][0].keys() - {"has_password"})


def test_nobody_gives_away_more_than_he_has(city, account):
    county = city.acting_as("region:52.02.01")
    own = county("create_account", login="county", name="县管理员", hall_id="h0002")
    county("grant_role", account_id=own["account_id"], role="window_staff", scope="hall:h0002")
    refused("OUT_OF_SCOPE", county, "grant_role", account_id=own["account_id"], role="window_staff", scope="hall:h0001")
    refused("OUT_OF_SCOPE", county, "grant_role", account_id=own["account_id"], role="system_administrator", scope="*")
    city("grant_role", account_id=own["account_id"], role="inspector", scope="region:52.02")
    # The account reaches beyond the county now: whoever sets its password could become it.
    refused("OUT_OF_SCOPE", county, "set_password", account_id=own["account_id"], password="yet another 99")
    refused("OUT_OF_SCOPE", county, "create_api_key", account_id=own["account_id"], name="x")
    refused("OUT_OF_SCOPE", county, "get_account", account_id=account["account_id"])
    assert [a["login"] for a in county("list_accounts")["accounts"]] == ["county"]


def test_grants_are_checked_and_end(city, account):
    target = {"account_id": account["account_id"], "role": "window_staff"}
    refused("ROLE_NOT_FOUND", city, "grant_role", **{**target, "role": "emperor"}, scope="*")
    refused("SCOPE_INVALID", city, "grant_role", **target, scope="everywhere")
    refused("HALL_NOT_FOUND", city, "grant_role", **target, scope="hall:h9")
    refused("REGION_NOT_FOUND", city, "grant_role", **target, scope="region:99")
    grant = city("grant_role", **target, scope="hall:h0001")
    assert city("grant_role", **target, scope="hall:h0001")["grant_id"] == grant["grant_id"]
    city("revoke_role", grant_id=grant["grant_id"])
    refused("GRANT_REVOKED", city, "revoke_role", grant_id=grant["grant_id"])
    assert city("list_grants", account_id=account["account_id"])["total_size"] == 1


def test_a_key_is_told_once_and_stored_as_a_digest(city, account):
    request_id = "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001"
    made = city("create_api_key", request_id=request_id, account_id=account["account_id"], name="窗口软件")
    assert "key" not in city("create_api_key", request_id=request_id, account_id=account["account_id"], name="窗口软件")
    with city.db.read() as tx:
        dump = str(
            tx.execute("SELECT t::text FROM directory.api_keys t").all() + tx.execute("SELECT reply::text FROM directory.idempotency").all()
        )
    assert made["key"] not in dump
    identity = city("verify_api_key", key_hash=digest(made["key"]))
    assert (identity["account_id"], identity["staff_id"], identity["grants"]) == (account["account_id"], "s0001", [])
    city("revoke_api_key", key_id=made["key_id"])
    refused("INVALID_API_KEY", city, "verify_api_key", key_hash=digest(made["key"]))
    refused("API_KEY_REVOKED", city, "revoke_api_key", key_id=made["key_id"])


def test_an_expired_key_and_a_disabled_account_are_refused(city, account):
    old = city("create_api_key", account_id=account["account_id"], name="old", expires_at="2020-01-01T00:00:00+00:00")
    refused("INVALID_API_KEY", city, "verify_api_key", key_hash=digest(old["key"]))
    new = city("create_api_key", account_id=account["account_id"], name="new")
    city("update_account", account_id=account["account_id"], status="disabled")
    refused("INVALID_API_KEY", city, "verify_api_key", key_hash=digest(new["key"]))


def test_bootstrap_makes_the_first_administrator_once(directory):
    key = "hbk_a-key-from-the-environment"
    assert bootstrap(directory.db, key) is None
    assert bootstrap(directory.db, key) is None
    identity = directory("verify_api_key", key_hash=digest(key))
    assert identity["grants"][0]["scopes"] == ["*"]
    assert "directory.account.write" in identity["grants"][0]["permissions"]
    assert bootstrap(directory.db, None) is None
    assert directory("list_accounts")["total_size"] == 1
    refused("API_KEY_UNUSABLE", bootstrap, directory.db, "short")


def test_bootstrap_makes_up_a_key_when_none_is_given(directory):
    made = bootstrap(directory.db, None)
    assert made is not None
    assert directory("verify_api_key", key_hash=digest(made))["account_id"]
    assert bootstrap(directory.db, None) is None
