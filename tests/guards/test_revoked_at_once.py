"""A right, a role or a sign-in taken away while its person reads: no later page opens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from accounts.services import users
from records.access.enums import UnitRight
from records.access.services import rights
from tests.builders import House, build_house
from tests.factories.patients import make_patient
from tests.factories.people import again
from tests.factories.units import grant

ROUNDS = 100
READERS = 2
WORDS = b"O&#x27;CONNELL"


def _give_unit(house: House, patient: Any) -> None:
    grant(house.main, user=house.stranger)


def _take_unit(house: House, patient: Any) -> None:
    right = UnitRight.VIEW_CHART
    rights.revoke_unit(actor=house.administrator, unit=house.main, right=right, user=house.stranger)


def _give_chart(house: House, patient: Any) -> None:
    rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=house.stranger, reason="Court case"
    )


def _take_chart(house: House, patient: Any) -> None:
    rights.revoke_chart(actor=house.supervisor, chart_id=patient.pk, user=house.stranger)


def _give_role(house: House, patient: Any) -> None:
    _give_unit(house, patient)
    users.set_roles(
        actor=house.administrator, user_id=house.stranger.pk, roles=[Role.CLERK, Role.PROVIDER]
    )


def _take_role(house: House, patient: Any) -> None:
    users.set_roles(actor=house.administrator, user_id=house.stranger.pk, roles=[])


def _open(house: House, patient: Any) -> None:
    _give_unit(house, patient)
    users.enable(actor=house.administrator, user_id=house.stranger.pk)


def _close(house: House, patient: Any) -> None:
    users.disable(actor=house.administrator, user_id=house.stranger.pk)


DEEDS = {
    "unit": (_give_unit, _take_unit),
    "chart": (_give_chart, _take_chart),
    "role": (_give_role, _take_role),
    "sign-in": (_open, _close),
}


def _race(user: Any, paths: list[str], take: Callable[[], None]) -> list[tuple[bool, str, bool]]:
    """Let a person read in several windows while `take` runs.

    Return for each page whether it was begun afterwards, which it was, and whether it opened.
    """
    under_way, taken, seen = threading.Event(), threading.Event(), []

    def read(client: Client) -> None:
        afterwards = turn = 0
        while afterwards < len(paths):
            path, is_after = paths[turn % len(paths)], taken.is_set()
            answer = client.get(path)
            seen.append((is_after, path, answer.status_code == 200 and WORDS in answer.content))
            under_way.set()
            afterwards, turn = afterwards + is_after, turn + 1
        connection.close()

    threads = [threading.Thread(target=read, args=(_window(user),)) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    under_way.wait(10)
    take()
    taken.set()
    for thread in threads:
        thread.join(30)
    return seen


def _window(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.deep
@pytest.mark.committed
@pytest.mark.goal("G-05")
@pytest.mark.parametrize("name", DEEDS)
def test_no_page_begun_after_the_deed_opens(quiet, name):
    house = build_house()
    patient = make_patient(house.main, actor=house.clerk, family="O'Connell")
    give, take = DEEDS[name]
    paths = [
        reverse("charts:chart_detail", args=[patient.pk]),
        reverse("charts:face_sheet", args=[patient.pk]),
        reverse("patients:patient_search"),
    ]
    stale, opened = [], 0

    for _ in range(ROUNDS):
        give(house, patient)
        seen = _race(again(house.stranger), paths, lambda: take(house, patient))
        stale += [path for is_after, path, is_shown in seen if is_after and is_shown]
        opened += any(is_shown for _, _, is_shown in seen)

    assert stale == []
    assert opened == ROUNDS
