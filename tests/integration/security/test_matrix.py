"""Every RPC of every service: without credentials, with wrong ones, with the wrong role, with another hall's scope; lists and streams too."""

import time

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hallbus.v1 import events_pb2, events_pb2_grpc

from chassis.testing import eventually
from gateway.catalogue import SUBSCRIBE
from tests.integration.gateway.harness import Told, refused
from tests.integration.gateway.subscriber import Subscriber
from tests.integration.security.requests import HALL, OTHER_HALL, OTHER_REGION, make, methods, put, rule

ALL = sorted(methods())
PROTECTED = [path for path in ALL if not rule(methods()[path]).public]
PUBLIC = [path for path in ALL if rule(methods()[path]).public]
OUTSIDE = {"hall": f"hall:{OTHER_HALL}", "region": f"region:{OTHER_REGION}", "no hall at all": "hall:h9999", "namesake": "region:52.02.0"}

# Answered to any caller with the permission, whatever his halls: reference data of the whole city, or the caller's own things.
CITY_WIDE = {
    "DirectoryService/GetCalendar": "the calendar is the city's",
    "DirectoryService/GetItem": "the item catalogue is the city's",
    "DirectoryService/GetRegion": "the region tree is public",
    "DirectoryService/ListItems": "the item catalogue is the city's",
    "DirectoryService/ListRegions": "the region tree is public",
    "DirectoryService/ListRoles": "roles are the same for all",
    "NotificationsService/SetMyPreferences": "the caller's own",
    "ScoringService/ListRulebooks": "rulebooks are public",
    "ScoringService/PublishRulebook": "takes effect by its assignment, which has a scope",
    "SupervisionService/ListFindingKinds": "kinds are the same for all",
}


def _refusals(keys, everything):
    """Credentials that must not open anything."""
    grants = [{"permissions": everything, "scopes": ["*"]}]
    return {
        "none": (),
        "nonsense": (("authorization", "Bearer nonsense"),),
        "unknown key": (("x-api-key", "hbk-" + "0" * 40),),
        "expired": keys.bearer(grants=grants, exp=int(time.time()) - 1),
        "signed by somebody else": keys.bearer(grants=grants, key=Ed25519PrivateKey.generate()),
    }


def _name(path):
    return path.removeprefix("/hallbus.v1.")


@pytest.mark.parametrize("path", PROTECTED)
def test_without_valid_credentials_nothing_opens(city, path):
    for case, metadata in _refusals(city.keys, city.permissions()).items():
        answer = city.call(path, make(path, city.known), metadata)
        assert isinstance(answer, Told), (case, answer)
        assert (answer.code, answer.reason, answer.metadata) == (grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED", {}), case


@pytest.mark.parametrize("path", PROTECTED)
def test_every_permission_but_the_right_one_opens_nothing(city, path):
    wanted = rule(methods()[path]).permission
    answer = city.call(path, make(path, city.known), city.everything(without=wanted))
    assert isinstance(answer, Told), answer
    assert (answer.code, answer.reason, answer.metadata) == (
        grpc.StatusCode.PERMISSION_DENIED,
        "PERMISSION_MISSING",
        {"permission": wanted},
    )


@pytest.mark.parametrize("path", PROTECTED)
def test_a_permission_without_any_scope_opens_nothing(city, path):
    metadata = city.keys.bearer(grants=[{"permissions": city.permissions(), "scopes": []}])
    answer = city.call(path, make(path, city.known), metadata)
    assert isinstance(answer, Told), answer
    assert answer.reason == "PERMISSION_MISSING"


@pytest.mark.parametrize("scope", OUTSIDE)
@pytest.mark.parametrize("path", [path for path in PROTECTED if path != SUBSCRIBE])
def test_another_halls_scope_neither_sees_nor_changes_this_hall(city, path, scope):
    """Refused as out of scope or as not there; a list may be answered, with nothing of this hall in it."""
    request = make(path, city.known)
    answer = city.call(path, request, city.everything(OUTSIDE[scope], staff_id="s0099"))
    if isinstance(answer, Told):
        # A file with many rows is refused with the rows that are outside.
        by_row = "outside the caller's scope" in answer.violations.values()
        allowed = {(grpc.StatusCode.PERMISSION_DENIED, "OUT_OF_SCOPE"), (grpc.StatusCode.NOT_FOUND, answer.reason)}
        assert by_row or (answer.code, answer.reason) in allowed, answer
    elif _name(path) not in CITY_WIDE:
        assert not rule(methods()[path]).mutating, "it was done"
        assert _foreign(answer, city) == []
        assert int(answer.get("total_size", 0)) == _rows(answer)


def _foreign(answer, city, where=""):
    """Every place in an answer that names a thing of this hall."""
    if isinstance(answer, dict):
        return [found for name, value in answer.items() for found in _foreign(value, city, f"{where}.{name}")]
    if isinstance(answer, list):
        return [found for index, value in enumerate(answer) for found in _foreign(value, city, f"{where}[{index}]")]
    return [where] if answer in city.owned() else []


def _rows(answer):
    return max((len(value) for value in answer.values() if isinstance(value, list)), default=0)


@pytest.mark.parametrize("path", [path for path in PROTECTED if rule(methods()[path]).hall_field])
def test_the_hall_in_the_request_is_checked_by_the_gateway_itself(city, path):
    request = put(make(path, city.known), rule(methods()[path]).hall_field, HALL)
    answer = city.call(path, request, city.everything(OUTSIDE["region"]))
    assert isinstance(answer, Told), answer
    assert (answer.code, answer.reason, answer.domain) == (grpc.StatusCode.PERMISSION_DENIED, "OUT_OF_SCOPE", "gateway.hallbus")


@pytest.mark.parametrize("path", PUBLIC)
def test_public_methods_open_nothing_without_their_own_secret(city, path):
    answer = city.call(path, make(path, {}), ())
    assert isinstance(answer, Told), answer
    assert answer.code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.NOT_FOUND), answer
    assert answer.reason != "UNAUTHENTICATED"


@pytest.mark.parametrize("path", ALL)
def test_the_question_that_the_matrix_asks_is_a_valid_one(city, path):
    """Otherwise a refusal would prove nothing: somebody who may everything is not told that his request is wrong."""
    outcome = city.outcomes[path]
    assert isinstance(outcome, dict) or outcome.code not in (
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.UNIMPLEMENTED,
    ), outcome


def test_most_questions_were_about_things_that_exist(city):
    """A refusal of something that is not there proves less; what is left has its own tests in the services."""
    refused = [f"{path.rpartition('/')[2]}: {told.reason}" for path in PROTECTED if isinstance(told := city.outcomes[path], Told)]
    assert len(refused) < 0.15 * len(PROTECTED), "\n".join(refused)


def test_event_streams_keep_to_the_halls_of_the_caller(city):
    """The whole log of the setup, read by one who may everything and by one who may everything in another hall."""
    subscribers = {
        scope: Subscriber(city.gateway, city.everything(scope), start=events_pb2.START_EARLIEST)
        for scope in ("*", OUTSIDE["hall"], OUTSIDE["region"])
    }
    try:
        for subscriber in subscribers.values():
            subscriber.opened()
            _until_quiet(subscriber)
        assert {HALL, OTHER_HALL} <= {event.get("hallid") for event in subscribers["*"].events}
        assert {event.get("hallid") for event in subscribers[OUTSIDE["hall"]].events} <= {OTHER_HALL}
        assert {event["region"] for event in subscribers[OUTSIDE["region"]].events} == {OTHER_REGION}
    finally:
        for subscriber in subscribers.values():
            subscriber.close()


def _until_quiet(subscriber):
    """A batch without events is the sign that the log has been read to its end."""
    eventually(lambda: subscriber.batches[1:] and subscriber.batches[-1] == 0, within=20)


def test_streams_need_credentials_and_their_permission(city):
    with city.gateway.channel() as channel:
        stub = events_pb2_grpc.EventServiceStub(channel)
        for metadata in _refusals(city.keys, city.permissions()).values():
            error = refused(stub.Subscribe, events_pb2.SubscribeRequest(), timeout=10, metadata=metadata)
            assert error.code == grpc.StatusCode.UNAUTHENTICATED
        error = refused(stub.Subscribe, events_pb2.SubscribeRequest(), timeout=10, metadata=city.everything(without="events.subscribe"))
        assert error.reason == "PERMISSION_MISSING"


def test_a_login_and_an_api_key_of_the_directory_open_what_their_role_permits(city):
    """The whole way once with real credentials: account, role in one hall, password, token; and an API key that is revoked."""
    account = city.do("DirectoryService/CreateAccount", login="window.one", name="窗口一", hall_id=HALL, password="correct horse battery")
    city.do("DirectoryService/GrantRole", account_id=account["account_id"], role="window_staff", scope=f"hall:{HALL}")
    token = city.call("/hallbus.v1.DirectoryService/Authenticate", {"login": "window.one", "password": "correct horse battery"}, ())
    key = city.do("DirectoryService/CreateApiKey", account_id=account["account_id"], name="test")
    get_hall = "/hallbus.v1.DirectoryService/GetHall"
    for metadata in ((("authorization", f"Bearer {token['token']}"),), (("x-api-key", key["key"]),)):
        assert city.call(get_hall, {"hall_id": HALL}, metadata)["hall_id"] == HALL
        assert city.call(get_hall, {"hall_id": OTHER_HALL}, metadata).reason == "OUT_OF_SCOPE"
        denied = city.call("/hallbus.v1.DirectoryService/ListAccounts", {}, metadata)
        assert denied.reason == "PERMISSION_MISSING"
