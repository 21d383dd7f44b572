"""Templates: the few constructs a message needs, and nothing that reaches further or takes long."""

from dataclasses import replace

import pytest

from services.notifications import catalog
from services.notifications.catalog import Template
from services.notifications.domain.facts import values
from services.notifications.rendering import check, render

ORIGINAL = catalog.load().templates["case_due_soon"]


def a_template(text="{{ case_no }}", title="t", html="", locale="zh-CN"):
    return replace(ORIGINAL, texts={locale: {"title": title, "text": text, **({"html": html} if html else {})}})


@pytest.mark.parametrize("template", catalog.load().templates.values(), ids=lambda t: t.code)
@pytest.mark.parametrize("locale", catalog.LOCALES)
def test_every_built_in_template_renders_in_both_languages_without_holes(template, locale):
    found, texts = template.in_locale(locale)
    assert found == locale
    shown = values(template.fields, catalog.sample(template.event), {}, zone="Asia/Shanghai", locale=locale, words=catalog.load().words)
    message = render(texts, shown)
    assert message.title
    assert message.text
    assert "{{" not in message.text


@pytest.mark.parametrize(
    "source",
    [
        "{{ case_no.__class__ }}",
        "{{ case_no['__class__'] }}",
        "{{ ''.__class__.__mro__ }}",
        "{% for x in case_no %}{% endfor %}",
        "{% macro m() %}{% endmacro %}",
        "{% set x = case_no %}",
        "{% include 'other' %}",
        "{{ case_no * 1000000000 }}",
        "{{ range(1000000000) }}",
        "{{ case_no ~ case_no }}",
        "{{ [case_no] }}",
    ],
)
def test_anything_beyond_values_and_conditions_is_refused(source):
    (problem,) = check(a_template(source))
    assert problem.startswith("zh-CN.text: ")
    assert "may not be used" in problem or "not among" in problem


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{{ applicant_phone }}", "applicant_phone is not among the template's fields"),
        ("{{ case_no | center(1000000000) }}", "No filter named 'center'."),
        ("{{ case_no", "unexpected end of template"),
        ("x" * 4001, "longer than 4000 characters"),
    ],
)
def test_the_problem_is_named(source, told):
    assert any(told in problem for problem in check(a_template(source)))


def test_chinese_is_required_and_unknown_languages_are_refused():
    problems = check(a_template(locale="fr"))
    assert problems[0] == "zh-CN: is required"
    assert any(problem.startswith("fr: ") for problem in problems)


def test_values_are_escaped_in_html_only():
    texts = {"title": "{{ v }}", "text": "{{ v }}", "html": "<b>{{ v }}</b>"}
    message = render(texts, {"v": "<script>"})
    assert (message.text, message.html) == ("<script>", "<b>&lt;script&gt;</b>")


def test_a_title_is_one_line_whatever_the_value():
    assert render({"title": "a {{ v }}", "text": ""}, {"v": "b\r\nBcc: x@y.cn"}).title == "a b Bcc: x@y.cn"


def test_conditions_and_the_few_filters_work():
    texts = {"title": "{% if v == '1' %}one{% else %}more{% endif %}", "text": "{{ v | upper }}"}
    assert render(texts, {"v": "ab"}).title == "more"
    assert render(texts, {"v": "ab"}).text == "AB"


def test_a_missing_language_falls_back_to_chinese():
    template = Template("c", 1, "e", (), {"zh-CN": {"title": "中", "text": "文"}})
    assert template.in_locale("en") == ("zh-CN", {"title": "中", "text": "文"})
