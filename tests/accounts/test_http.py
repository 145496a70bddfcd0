"""Marks of views, and who is signed in."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from accounts import http
from accounts.models import User
from accounts.services import roles


def test_person_is_the_signed_in_user():
    request = RequestFactory().get("/")
    request.user = User(username="ana")

    assert http.person(request) is request.user


def test_view_that_lacks_its_protection_fails_loudly():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    with pytest.raises(TypeError):
        http.person(request)


@pytest.mark.parametrize(
    "mark, name", [(http.polling, "is_polling"), (http.before_duties, "is_before_duties")]
)
def test_mark_leaves_the_view_as_it_is(mark, name):
    def view(request, number):
        return HttpResponse(f"{number}")

    marked = mark(view)

    assert getattr(marked, name) is True
    assert (marked.__name__, marked(None, number=7).content) == ("view", b"7")


def test_words_for_people():
    user = User(username="ana", display_name="Ana Mills")

    assert (str(user), user.get_full_name()) == ("ana", "Ana Mills")


@pytest.mark.django_db
def test_syncing_roles_again_changes_nothing(django_assert_num_queries):
    with django_assert_num_queries(5):
        roles.sync()
