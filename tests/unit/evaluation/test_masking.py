"""Personal data as those see it who need not."""

import pytest

from services.evaluation.domain.masking import masked_contact, masked_name, masked_text


@pytest.mark.parametrize(
    ("contact", "shown"),
    [("13812345678", "138****5678"), ("wang@example.cn", "w***@example.cn"), ("12345", "****"), ("", "")],
)
def test_contacts(contact, shown):
    assert masked_contact(contact) == shown


@pytest.mark.parametrize(("name", "shown"), [("王小丽", "王**"), ("王", "王*"), ("", "")])
def test_names(name, shown):
    assert masked_name(name) == shown


@pytest.mark.parametrize("number", ["13812345678", "138 1234 5678", "52020119900101123X", "6222 0212 3456 7890 123", "li.qiang@example.cn"])
def test_numbers_and_addresses_in_free_text(number):
    shown = masked_text(f"我的联系方式是{number}，请回电")
    assert number not in shown
    assert shown.startswith("我的联系方式是")
    assert shown.endswith("，请回电")


def test_ordinary_text_stays():
    assert masked_text("等了 40 分钟，A01 窗口没有人") == "等了 40 分钟，A01 窗口没有人"
