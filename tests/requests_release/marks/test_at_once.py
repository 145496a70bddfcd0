"""Two people who open a request's working page at once: exactly one holds the mark."""

from datetime import timedelta

import pytest
from django.utils import timezone

from requests_release.models import Comment, Mark, TakeoverNotice
from requests_release.services import marks, stages
from tests.requests_release import builders, factories
from tests.requests_release.meeting import at_once


@pytest.fixture
def scene():
    unit = factories.make_unit()
    people = [factories.make_user("CLERK", unit=unit) for _ in range(3)]
    people.append(factories.make_user("SUPERVISOR", unit=unit))
    patient = factories.make_patient(unit)
    document = factories.make_document(patient)
    return people, builders.prepared(patient, people[0], document)


def takers(people, request):
    return [lambda one=one: marks.take(actor=one, request=request).person_id for one in people]


@pytest.mark.committed
def test_of_two_who_open_it_at_once_exactly_one_holds_the_mark(scene):
    people, request = scene

    told = at_once(*takers(people[:2], request))

    holder = Mark.objects.get().person_id
    assert told == [holder, holder]
    assert holder in {one.pk for one in people[:2]}


@pytest.mark.committed
def test_of_two_who_find_a_stale_mark_at_once_exactly_one_takes_it(scene):
    people, request = scene
    marks.take(actor=people[2], request=request, now=timezone.now() - timedelta(minutes=16))

    told = at_once(*takers(people[:2], request))

    holder = Mark.objects.get().person_id
    assert told == [holder, holder]
    assert holder != people[2].pk


@pytest.mark.committed
def test_of_two_takeovers_at_once_one_goes_through_and_the_other_hears_from_whom(scene):
    people, request = scene
    marks.take(actor=people[0], request=request)

    def take_over(one):
        values = {"actor": one, "request_id": request.pk, "holder_id": people[0].pk}
        return marks.take_over(**values, note="Needed before noon").made_by_id

    told = at_once(lambda: take_over(people[1]), lambda: take_over(people[2]))

    holder = Mark.objects.get().person_id
    assert set(told) == {holder, "MARK_ELSEWHERE"}
    assert Comment.objects.count() == TakeoverNotice.objects.count() == 1


@pytest.mark.committed
def test_a_step_and_a_takeover_at_once_come_one_after_the_other(scene):
    """Both lock the request first: neither waits for what the other holds."""
    people, request = scene
    version = builders.fresh(request).version
    marks.take(actor=people[0], request=request)

    told = at_once(
        lambda: str(
            stages.withdraw(
                actor=people[0], request_id=request.pk, version=version, reason="Not wanted"
            ).status
        ),
        lambda: bool(
            marks.take_over(
                actor=people[1],
                request_id=request.pk,
                holder_id=people[0].pk,
                note="Needed before noon",
            )
        ),
    )

    assert told in (["WITHDRAWN", True], ["WITHDRAWN", "NOT_WORKED_ON"])
    assert not Mark.objects.exists()
