"""No form takes a field that it does not show, whatever it is called and whatever it holds.

Every page that posts is filled in as a browser would, and sent twice: as it is, and with the name
of every column of every table besides. Both must write the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve

from accounts.roles import permissions_of
from audit.models import RowChange
from tests.guards import people
from tests.guards.routes import Route
from tests.guards.sent_forms import read_forms
from tests.guards.test_canaries import none, paths_of
from tests.guards.test_code_guards import _is_ours
from tests.guards.test_routes import RULED
from tests.guards.world import World

POSTING = [route for route in RULED if "POST" in route.methods]
# The same name in three types: as a checkbox, as a key, as a list.
VALUES: tuple[Any, ...] = ("true", "1", ["1", "2"])
SENDERS = ("supervisor", "compliance", "administrator", "clerk", "keeper")
PASSWORD = "another long password of theirs"
# What a browser cannot guess, by page.
TYPED: dict[str, dict[str, Any]] = {
    "access:unit_create": {"code": "NEW1"},
    "accounts:user_create": {"username": "eve", "password": PASSWORD, "roles": ["CLERK"]},
    "accounts:user_reset_password": {"password": PASSWORD},
}
# Pictures, paper and tables, which hold no form and are dear to make.
NO_FORMS = {
    "charts:face_sheet_pdf",
    "documents:document_download",
    "documents:document_print",
    "documents:page_image",
    "documents:thumbnail",
    "documents:unfiled_page",
    "documents:unfiled_thumbnail",
    "requests_release:package_file",
    "retention:certificate_pdf",
}


# A row that a request wrote: its table, the verb, and what the row now holds.
Row = tuple[str, str, dict[str, Any]]


def _differences(some: list[Row], others: list[Row]) -> set[str]:
    """Return in which columns of which tables two requests wrote otherwise."""
    if [row[:2] for row in some] != [row[:2] for row in others]:
        return {f"other rows: {[row[:2] for row in others]}"}
    return {
        f"{mine[0]}.{column}"
        for mine, theirs in zip(some, others, strict=True)
        for column in mine[2].keys() | theirs[2].keys()
        if mine[2].get(column) != theirs[2].get(column)
    }


def _columns() -> list[str]:
    """Return every name that a column of ours has, as a field and in the table."""
    models = [m for m in apps.get_models() if _is_ours(m.__module__.split(".")[0])]
    fields = [field for model in models for field in model._meta.get_fields()]
    names = {name for field in fields for name in (field.name, getattr(field, "attname", ""))}
    return sorted(names - {""})


def _send(client: Client, path: str, data: dict[str, Any]) -> list[Row]:
    """Post and forget: return what would have been written."""
    block = transaction.atomic()
    block._from_testcase = True  # a page may still ask for a transaction of its own inside
    with block:
        last = RowChange.objects.order_by("id").values_list("id", flat=True).last() or 0
        for each in (part for parts in data.values() for part in parts if hasattr(part, "seek")):
            each.seek(0)
        answer = client.post(path, data)
        _body(answer)
        changes = RowChange.objects.filter(id__gt=last).order_by("id")
        rows = [
            (change.table_name, change.operation, row)
            for change in changes
            for row in _rows(change.table_name, change.keys)
        ]
        transaction.set_rollback(True)
    return rows


def _rows(table: str, keys: list[str]) -> list[dict[str, Any]]:
    """Return the rows as they now are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
            " AND a.attnum = ANY (i.indkey) WHERE i.indisprimary AND indrelid = %s::regclass",
            [table],
        )
        (key,) = [name for (name,) in cursor.fetchall()]
        cursor.execute(
            f"SELECT to_jsonb(t)::text FROM {table} t WHERE {key}::text = ANY (%s) ORDER BY {key}",
            [list(keys)],
        )
        return [json.loads(row) for (row,) in cursor.fetchall()]


def _body(answer: Any) -> bytes:
    """Read an answer to its end and let go of its file, without ending the test's connection."""
    content = b"".join(answer)
    for close in answer._resource_closers:
        close()
    return content


class Forms:
    """Every form that somebody may send, as the pages show it, by the page it goes to."""

    def __init__(self, world: World, *, most: int) -> None:
        self.world, self.most = world, most
        self.clients = {name: people.sign_in(world.people[name]) for name in SENDERS}
        self.found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
        for route in RULED:
            if "GET" in route.methods and route.name not in NO_FORMS:
                for name, path in self._asked(route):
                    self._read(name, path)
        for route in POSTING:
            if route.name not in self.found:
                self.found[route.name] = [(name, path, {}) for name, path in self._asked(route)]

    def _asked(self, route: Route) -> Iterator[tuple[str, str]]:
        """Return who asks for a page, at which of its addresses."""
        for _, path in list(paths_of(route, self.world))[: self.most]:
            for name in list(self._holders(route.permissions or ()))[: self.most]:
                yield name, path

    def _holders(self, permissions: tuple[str, ...]) -> Iterator[str]:
        for name in self.clients:
            if set(permissions) <= permissions_of(self.world.people[name].role_names):
                yield name

    def _read(self, name: str, path: str) -> None:
        page = self.clients[name].get(path)
        text = _body(page)
        if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
            return
        for action, data in read_forms(text.decode()):
            target = (action or path).partition("?")[0]
            route = resolve(target).view_name
            self.found.setdefault(route, []).append((name, target, data | TYPED.get(route, {})))

    def best(self, route: str) -> tuple[str, str, dict[str, Any], list[Row]]:
        """Return the form of a page that writes most, with what it writes."""
        tried = [
            (name, path, data, _send(self.clients[name], path, data))
            for name, path, data in self.found[route][: 2 * self.most]
        ]
        return max(tried, key=lambda one: len(one[3]))


@pytest.mark.goal("G-06")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "most, written_at_least",
    [
        pytest.param(1, 25, id="one of each page"),
        pytest.param(3, 35, id="some of each page", marks=pytest.mark.deep),
    ],
)
def test_no_page_takes_a_column_that_its_form_does_not_show(
    quiet, subtests, most, written_at_least
):
    forms, columns, faults, written = Forms(World(), most=most), _columns(), [], []

    for number, route in enumerate(POSTING):
        name, path, data, plain = forms.best(route.name)
        written += [route.name] if plain else []
        varies = _differences(plain, _send(forms.clients[name], path, data))
        more = {c: VALUES[(number + at) % 3] for at, c in enumerate(columns) if c not in data}
        wrong = _differences(plain, _send(forms.clients[name], path, more | data)) - varies
        faults += [f"{name} {path}: {each}" for each in wrong]

    with subtests.test("no field is taken"):
        none(sorted(faults))
    with subtests.test("most of what was sent went through"):
        assert len(columns) > 300
        assert len(written) >= written_at_least, written
