"""Identities, tokens and the cache of API keys."""

import asyncio
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chassis.errors import NotFound, Unauthenticated, Unavailable
from gateway.credentials import APIKeys, Credentials, Identity, Tokens


def _pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _token(key, **over):
    claims = {"iss": "hallbus", "aud": "hallbus-gateway", "sub": "a1", "exp": time.time() + 60, "grants": []}
    return jwt.encode(claims | over, key, algorithm="EdDSA")


ANSWER = {"account_id": "a1", "staff_id": None, "grants": [{"permissions": ["x.read"], "scopes": ["hall:h0001"]}]}


class Directory:
    """Counts what it is asked; the only stand-in here, for a function and not for the service."""

    def __init__(self, answer=ANSWER):
        self.answer, self.asked = answer, []

    async def __call__(self, key_hash):
        self.asked.append(key_hash)
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_the_scopes_of_a_permission_are_the_union_of_the_grants_that_hold_it():
    grants = ((frozenset({"a", "b"}), ("hall:h1",)), (frozenset({"b"}), ("region:52", "hall:h1")), (frozenset({"c"}), ("*",)))
    who = Identity("a1", None, grants, 0.0)
    assert [who.scopes(permission) for permission in "abcd"] == [("hall:h1",), ("hall:h1", "region:52"), ("*",), ()]


def test_tokens_of_any_of_several_keys_are_accepted_while_keys_are_rotated():
    old, new, foreign = (Ed25519PrivateKey.generate() for _ in range(3))
    tokens = Tokens(_pem(old) + _pem(new))
    assert [tokens.verify(_token(key)).account_id for key in (old, new)] == ["a1", "a1"]
    with pytest.raises(Unauthenticated):
        tokens.verify(_token(foreign))


def test_only_ed25519_keys_are_taken():
    rsa = generate_private_key(65537, 2048)
    for text in ("", "nothing", _pem(rsa), _pem(Ed25519PrivateKey.generate()) + _pem(rsa)):
        with pytest.raises(ValueError, match="Ed25519"):
            Tokens(text)


def test_the_memory_of_tokens_is_bounded():
    key = Ed25519PrivateKey.generate()
    tokens = Tokens(_pem(key), remembered=3)
    for number in range(10):
        tokens.verify(_token(key, sub=f"a{number}"))
    assert len(tokens._known) == 3


def test_a_key_is_asked_by_hash_and_once_a_minute():
    directory = Directory()

    async def run():
        keys = APIKeys(directory)
        return [await keys.verify("k") for _ in range(3)]

    assert {who.account_id for who in asyncio.run(run())} == {"a1"}
    assert directory.asked == ["8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a"]


def test_many_callers_with_one_key_ask_once():
    directory = Directory()

    async def run():
        keys = APIKeys(directory)
        await asyncio.gather(*(keys.verify("k") for _ in range(20)))

    asyncio.run(run())
    assert len(directory.asked) == 1


@pytest.mark.parametrize("error", [NotFound("API_KEY_NOT_FOUND"), Unauthenticated("UNAUTHENTICATED")])
def test_a_refused_key_is_remembered_shortly(error):
    directory = Directory(error)

    async def run():
        keys = APIKeys(directory, negative_seconds=0.05)
        for _ in range(3):
            with pytest.raises(Unauthenticated):
                await keys.verify("k")
        deadline = time.monotonic() + 5
        directory.answer = ANSWER
        while time.monotonic() < deadline:
            try:
                return await keys.verify("k")
            except Unauthenticated:
                await asyncio.sleep(0.01)
        return None

    assert asyncio.run(run()).account_id == "a1"
    assert len(directory.asked) == 2


def test_an_absent_directory_is_not_a_wrong_key_and_not_remembered():
    directory = Directory(Unavailable("SERVICE_UNAVAILABLE"))

    async def run():
        keys = APIKeys(directory)
        with pytest.raises(Unavailable):
            await keys.verify("k")
        directory.answer = ANSWER
        return await keys.verify("k")

    assert asyncio.run(run()).account_id == "a1"


def test_the_memory_of_keys_is_bounded():
    async def run():
        keys = APIKeys(Directory(), remembered=3)
        for number in range(10):
            await keys.verify(str(number))
        return len(keys._known)

    assert asyncio.run(run()) == 3


@pytest.mark.parametrize(
    "metadata", [{}, {"authorization": "Bearer "}, {"authorization": "k"}, {"x-api-key": b"k"}, {"x-api-key": "k" * 12_001}]
)
def test_what_is_no_credential_is_refused_without_asking(metadata):
    directory = Directory()

    async def run():
        credentials = Credentials(Tokens(_pem(Ed25519PrivateKey.generate())), APIKeys(directory))
        with pytest.raises(Unauthenticated):
            await credentials.identify(metadata)

    asyncio.run(run())
    assert directory.asked == []
