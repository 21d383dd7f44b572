"""Credentials, permissions and hall scopes at a real gateway."""

import time

import grpc
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.integration.gateway.harness import refused

pytestmark = pytest.mark.usefixtures("echo_service")

READ = ("echo.read", "*")


def _bearer(token):
    return (("authorization", f"Bearer {token}"),)


BAD_CREDENTIALS = {
    "none": lambda keys: (),
    "empty": lambda keys: _bearer(""),
    "no token": lambda keys: _bearer("abc"),
    "other scheme": lambda keys: (("authorization", "Basic " + keys.token(READ)),),
    "foreign key": lambda keys: keys.bearer(READ, key=Ed25519PrivateKey.generate()),
    "expired": lambda keys: keys.bearer(READ, exp=int(time.time()) - 1),
    "no expiry": lambda keys: keys.bearer(READ, exp=None),
    "other issuer": lambda keys: keys.bearer(READ, iss="elsewhere"),
    "other audience": lambda keys: keys.bearer(READ, aud="console"),
    "no subject": lambda keys: keys.bearer(READ, sub=None),
    "no grants": lambda keys: keys.bearer(READ, grants=None),
    "malformed grants": lambda keys: keys.bearer(READ, grants=["all"]),
    "unsigned": lambda keys: _bearer(jwt.encode(jwt.decode(keys.token(READ), options={"verify_signature": False}), "", algorithm="none")),
    "public key as secret": lambda keys: _bearer(_confused(keys)),
    "oversized": lambda keys: _bearer("x" * 13_000),
}


def _confused(keys):
    """The classic confusion: a token signed by HMAC with the public key as the shared secret."""
    import base64
    import hashlib
    import hmac

    header, body, _ = keys.token(READ).split(".")
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode()
    signature = hmac.new(keys.public_file.read_bytes(), f"{header}.{body}".encode(), hashlib.sha256).digest()
    return f"{header}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.parametrize("case", BAD_CREDENTIALS)
def test_bad_credentials_all_get_the_same_answer(client, keys, case):
    error = refused(client.Say, metadata=BAD_CREDENTIALS[case](keys))
    assert (error.code, error.reason, error.message, error.metadata) == (
        grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED", "valid credentials are required", {},
    )  # fmt: skip


def test_a_token_is_refused_from_the_moment_it_expires_also_when_it_was_seen_before(client, keys):
    metadata = keys.bearer(READ, exp=int(time.time()) + 2)
    assert client.Say(metadata=metadata).subject == "a0001"
    deadline = time.monotonic() + 5
    code = None
    while code is None and time.monotonic() < deadline:
        try:
            client.Say(metadata=metadata)
        except grpc.RpcError as error:
            code = error.code()
    assert code == grpc.StatusCode.UNAUTHENTICATED


def test_without_the_permission_nothing_is_done(client, keys):
    error = refused(client.Say, metadata=keys.bearer(("echo.write", "*")))
    assert (error.code, error.reason, error.metadata) == (
        grpc.StatusCode.PERMISSION_DENIED,
        "PERMISSION_MISSING",
        {"permission": "echo.read"},
    )


def test_the_permission_comes_before_the_body(client, keys):
    assert refused(client.Say, text="\x00", metadata=keys.bearer(("echo.write", "*"))).code == grpc.StatusCode.PERMISSION_DENIED


def test_another_hall_is_out_of_scope(client, keys):
    metadata = keys.bearer(("echo.read", "hall:h0001"), ("echo.write", "*"))
    assert client.Say(hall_id="h0001", metadata=metadata).hall_id == "h0001"
    error = refused(client.Say, hall_id="h0002", metadata=metadata)
    assert (error.code, error.reason, error.metadata) == (grpc.StatusCode.PERMISSION_DENIED, "OUT_OF_SCOPE", {"hall_id": "h0002"})


def test_every_hall_of_a_repeated_field_must_be_in_scope(client, keys):
    metadata = keys.bearer(("echo.read", "hall:h0001"))
    client.SayMany(said=[{"hall_id": "h0001"}, {}], metadata=metadata)
    assert refused(client.SayMany, said=[{"hall_id": "h0001"}, {"hall_id": "h0002"}], metadata=metadata).reason == "OUT_OF_SCOPE"


def test_without_a_directory_a_region_scope_cannot_be_checked_and_nothing_is_let_through(client, keys):
    error = refused(client.Say, hall_id="h0001", metadata=keys.bearer(("echo.read", "region:52.02")))
    assert (error.code, error.reason) == (grpc.StatusCode.UNAVAILABLE, "SERVICE_UNAVAILABLE")


def test_without_a_directory_an_api_key_cannot_be_checked_and_nothing_is_let_through(client):
    error = refused(client.Say, metadata=(("x-api-key", "some key"),))
    assert (error.code, error.reason) == (grpc.StatusCode.UNAVAILABLE, "SERVICE_UNAVAILABLE")
