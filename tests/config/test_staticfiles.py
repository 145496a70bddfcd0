"""Static files get hashed names, and our modules import each other by them."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile

from config.staticfiles import Storage

FILES = {
    "js/app.js": 'import { a } from "./dom.js";\nimport "./side.js";\n',
    "js/dom.js": "export const a = 1;\n",
    "js/side.js": "a();\n",
    "other/app.js": 'import { a } from "./dom.js";\n',
    "other/dom.js": "export const a = 2;\n",
    "css/a.css": '@import url("b.css") layer(b);\n',
    "css/b.css": "a { color: red }\n",
}


@pytest.fixture
def collected(tmp_path):
    """A storage after `collectstatic` of the files above."""
    storage = Storage(location=tmp_path, base_url="/static/")
    for name, text in FILES.items():
        storage.save(name, ContentFile(text.encode()))
    found = list(storage.post_process({name: (storage, name) for name in FILES}))
    assert [error for _, _, error in found if isinstance(error, Exception)] == []
    return storage


def _text(storage, name):
    with storage.open(storage.stored_name(name)) as file:
        return file.read().decode()


def test_own_modules_import_hashed_names(collected):
    assert re.fullmatch(
        r'import \{ a \} from "\./dom\.[0-9a-f]{12}\.js";\nimport"\./side\.[0-9a-f]{12}\.js";\n',
        _text(collected, "js/app.js"),
    )


def test_scripts_of_others_are_left_alone(collected):
    assert _text(collected, "other/app.js") == FILES["other/app.js"]


def test_sheets_import_hashed_names_into_their_layer(collected):
    assert re.fullmatch(
        r'@import url\("b\.[0-9a-f]{12}\.css"\) layer\(b\);\n', _text(collected, "css/a.css")
    )


def test_hashed_copies_stand_beside(collected, tmp_path):
    # A file this small gains nothing by compression, so only the name is checked.
    assert (tmp_path / collected.stored_name("css/b.css")).exists()


def test_address_follows_the_manifest(collected):
    before = collected.url("css/b.css")
    assert re.fullmatch(r"/static/css/b\.[0-9a-f]{12}\.css", before)
    assert collected.url("css/b.css") == before

    collected.delete("css/b.css")
    collected.save("css/b.css", ContentFile(b"a { color: blue }\n"))
    list(collected.post_process({"css/b.css": (collected, "css/b.css")}))

    after = collected.url("css/b.css")
    assert after == f"/static/{collected.stored_name('css/b.css')}" != before


def test_frame_finds_its_files():
    for name in ("js/app.js", "css/chartroom.css", "django_htmx/htmx-2.min.js", "img/mark.svg"):
        assert finders.find(name), name


def test_browsers_find_the_icon_that_they_ask_for_without_a_sign_in(client):
    answer = client.get("/favicon.ico")

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:4] == b"\x00\x00\x01\x00"  # how an icon begins
