"""Markdown of the guides as HTML of the pages."""

import pytest

from config.help import guides, markdown
from config.help.guides import BrokenGuide

BEE = """# Bee
<!-- Includes: a -->

What it is.

## One
<!-- Pages: x:y
x:z_* -->
Text.
## Two
[One](#one), [a](a.md#top), [all of it](a.md)
"""
CLOSEST = """# B

Intro.
## All
<!-- Pages: x:* -->
Text.
## One
<!-- Pages: x:y -->
Text.
## Too
<!-- Pages: x:y -->
Text.
"""


def write(folder, name, text):
    (folder / f"{name}.md").write_text(text, encoding="utf-8")


def render(text):
    return markdown.render(markdown.parse(text))


@pytest.mark.parametrize(
    "text, html",
    [
        ("*File* it", "<p><em>File</em> it</p>\n"),
        ("<b onclick=x>bold</b>", "<p>&lt;b onclick=x&gt;bold&lt;/b&gt;</p>\n"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("`Ctrl+K` `?`", "<kbd>Ctrl+K</kbd> <kbd>?</kbd>"),
        ("`Shift+A` `F1` `Enter`", "<kbd>Shift+A</kbd> <kbd>F1</kbd> <kbd>Enter</kbd>"),
        ("`manage.py up` `<i>`", "<code>manage.py up</code> <code>&lt;i&gt;</code>"),
        ("[a](javascript:x)", "<p>[a](javascript:x)</p>\n"),
    ],
)
def test_markup_of_the_house_is_shown_and_all_other_stays_text(text, html):
    assert html in render(text)


@pytest.mark.parametrize(
    "title, anchor",
    [
        ("Find a patient", "find-a-patient"),
        ("November 30, 2026", "november-30-2026"),
        ("Mother's maiden name", "mothers-maiden-name"),
        ("Who looked at this patient, what did this person look at",
         "who-looked-at-this-patient-what-did-this-person-look-at"),
    ],
)  # fmt: skip
def test_headings_have_the_anchors_that_code_hosts_give_them(title, anchor):
    assert markdown.anchor_of(title) == anchor


def test_guide_is_read_with_its_headings_pages_and_links(tmp_path):
    write(tmp_path, "b", BEE)
    write(tmp_path, "a", "# Ay\n\nIntro.\n\n## Top\nText.\n")

    found = guides.read(tmp_path)

    bee = found["b"]
    assert list(found) == ["a", "b"]
    assert (bee.title, bee.intro, bee.includes) == ("Bee", "<p>What it is.</p>\n", ("a",))
    assert [(each.title, each.anchor, each.pages) for each in bee.sections] == [
        ("One", "one", ("x:y", "x:z_*")),
        ("Two", "two", ()),
    ]
    assert bee.sections[0].body == "<p>Text.</p>\n"
    assert bee.sections[1].body == (
        '<p><a href="/help/b/#one">One</a>, <a href="/help/a/#top">a</a>, '
        '<a href="/help/a/">all of it</a></p>\n'
    )


@pytest.mark.parametrize(
    "text, fault",
    [
        ("Text alone.", "b: it begins with its title"),
        ("# Title\n## No line of what it is\nText.", "b: it begins with its title"),
        ("# B\n\nIntro.\n## One\nx\n## One\ny", "b: One stands there twice"),
        ("# B\n\n[x](c.md)", "links lead nowhere: c"),
        ("# B\n\n[x](#y)", "links lead nowhere: b#y"),
        ("# B\n\n[x](https://example.org/)", "b: https://example.org/ is no guide"),
        ("# B\n\n![picture](a.png)", "b: a.png is no guide"),
    ],
)
def test_guide_that_cannot_be_shown_is_told(tmp_path, text, fault):
    write(tmp_path, "b", text)

    with pytest.raises(BrokenGuide, match=fault):
        guides.read(tmp_path)


def test_page_is_explained_where_it_is_named_most_closely(tmp_path):
    write(tmp_path, "b", CLOSEST)
    guide = guides.read(tmp_path)["b"]

    assert [each.title for each in guide.about("x:y")] == ["One", "Too"]
    assert [each.title for each in guide.about("x:z")] == ["All"]
    assert guide.about("z:z") == []
