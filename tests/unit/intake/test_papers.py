"""Templates of papers: complete, versioned, rendered in a sandbox."""

import pytest

from services.intake import papers

A_TEXT = "- {kind: one_time_notice, version: 1, title: x, text: '%s'}\n"


def test_every_kind_has_a_template_in_use():
    assert {papers.newest(kind).version for kind in papers.KINDS} >= {1}


@pytest.mark.parametrize("text", ["", A_TEXT.replace("one_time_notice", "poem"), A_TEXT.replace("version: 1", "version: 2")])
def test_a_kind_that_is_missing_unknown_or_has_a_gap_is_refused(tmp_path, text):
    file = tmp_path / "templates.yaml"
    file.write_text(text or "[]")
    with pytest.raises(ValueError, match="has versions"):
        papers.templates(file)


def test_a_text_cannot_reach_what_it_was_not_given():
    with pytest.raises(Exception, match="undefined"):
        papers.Template("return_notice", 1, "x", "{{ password }}").render(dict.fromkeys(papers.FIELDS, "1"))
    with pytest.raises(Exception, match=r"unsafe|undefined"):
        papers.Template("return_notice", 1, "x", "{{ ''.__class__.__mro__ }}").render({})
