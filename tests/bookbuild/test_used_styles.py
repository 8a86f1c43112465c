"""What is left of a style sheet."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from bookbuild.used_styles import only_used, words_of

CLASSES = st.sampled_from(["a", "b-c", "d_e", "f2"])


@pytest.mark.parametrize(
    "styles",
    [
        "/*! Licence */",
        "@font-face{font-family:x;src:url(x.woff)}",
        "@keyframes turn{to{rotate:1turn}}",
        "p>a[href]:hover{top:0}",
        ".known:not(.gone){top:0}",
        "@media print{.known{top:0}}",
    ],
)
def test_what_may_be_used_stays_as_it_is(styles):
    assert only_used(styles, {"known"}) == styles


@pytest.mark.parametrize(
    "styles, left",
    [
        ("/* a note */ .gone { top: 0 }", ""),
        (".known .gone, #gone p, .known { top: 0 }", ".known{ top: 0 }"),
        ("@media print { .gone { top: 0 } }", ""),
        (
            "@media print{@supports (top:0){.gone,b{top:0}}}",
            "@media print{@supports (top:0){b{top:0}}}",
        ),
        (r".sd-col-2\.5 { top: 0 }", ""),
    ],
)
def test_what_names_a_class_or_a_place_that_nobody_has_goes(styles, left):
    assert only_used(styles, {"known", "sd-col-2"}) == left


@given(
    st.lists(st.lists(CLASSES, min_size=1, max_size=2), min_size=1, max_size=3),
    st.lists(st.lists(CLASSES, min_size=1, max_size=3), min_size=1, max_size=5),
    st.sampled_from(["", " ", ">", "~"]),
)
def test_no_rule_goes_that_applies_to_anything_on_a_page(page, asked, between):
    html = "".join(f'<p class="{" ".join(names)}">' for names in page)
    selectors = [between.join(f".{name}" for name in names) for names in asked]
    styles = "".join(f"{selector}{{top:0}}" for selector in selectors)
    words = {name for names in page for name in names}
    left = only_used(styles, words)
    parsed = BeautifulSoup(html, "html.parser")
    for selector in selectors:
        if parsed.select(selector):
            assert f"{selector}{{top:0}}" in left


def test_a_script_may_bring_a_class_that_no_page_has_yet(tmp_path):
    page, script = tmp_path / "page.html", tmp_path / "script.js"
    page.write_text('<p class="is-here" id=place>')
    script.write_text('node.classList.add("comes-later");')
    words = words_of([page, script])
    styles = ".is-here{top:0}.comes-later{top:0}#place{top:0}"
    assert only_used(styles, words) == styles
