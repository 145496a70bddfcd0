import http.client
import socket

import pytest

from config.runtime import supervisor, waiting


@pytest.fixture
def listener():
    with supervisor.listen(20000) as found:
        yield found


def ask(listener, method="GET"):
    link = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=5)
    link.request(method, "/charts/1/")
    answer = link.getresponse()
    found = answer.status, answer.getheader("Retry-After"), answer.read().decode()
    link.close()
    return found


def test_every_address_says_that_all_is_being_started(listener):
    with waiting.room(listener):
        first, second, bare = ask(listener), ask(listener), ask(listener, "HEAD")

    assert first == second
    assert first[:2] == (503, "3")
    assert "Chartroom is starting" in first[2]
    assert bare == (503, "3", "")


def test_a_visitor_who_says_nothing_holds_up_nobody_for_long(listener, monkeypatch):
    monkeypatch.setattr(waiting, "READ_SECONDS", 0.2)
    with waiting.room(listener), socket.create_connection(listener.getsockname()):
        assert ask(listener)[0] == 503


def test_visitors_who_come_after_it_are_left_to_the_web_server(listener):
    with waiting.room(listener):
        ask(listener)

    with socket.create_connection(listener.getsockname()):
        visitor, _ = listener.accept()
        visitor.close()


def test_it_ends_when_the_start_fails(listener):
    with pytest.raises(KeyError), waiting.room(listener):
        raise KeyError

    assert listener.getblocking()
