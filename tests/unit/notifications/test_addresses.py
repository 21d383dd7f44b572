"""Addresses: what is taken, how they look, and that a masked one never destroys the real one."""

import pytest

from services.notifications.domain.addresses import AddressError, masked, replaced


def test_masked_form():
    assert masked("wang.li@example.cn") == "w***@example.cn"
    assert masked("") == ""


def test_the_masked_form_sent_back_keeps_the_address():
    assert replaced("wang.li@example.cn", "w***@example.cn") == "wang.li@example.cn"


@pytest.mark.parametrize("given", ["z***@example.cn", "w***@other.cn", "****", "w**@example.cn"])
def test_any_other_masked_value_is_refused(given):
    with pytest.raises(AddressError) as caught:
        replaced("wang.li@example.cn", given)
    assert caught.value.reason == "EMAIL_MASKED"


@pytest.mark.parametrize(
    "given", ["nobody", "a@b", "a@b.cn\r\nBcc: c@d.cn", "a b@c.cn", "a@b.cn ", "王@example.cn", "a" * 250 + "@example.cn"]
)
def test_what_is_no_address_is_refused(given):
    with pytest.raises(AddressError) as caught:
        replaced("", given)
    assert caught.value.reason == "EMAIL_MALFORMED"


@pytest.mark.parametrize("given", ["wang.li+hall@example.cn", "a@b.c-d.cn", ""])
def test_addresses_replace_and_clear(given):
    assert replaced("old@example.cn", given) == given
