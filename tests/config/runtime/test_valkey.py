import os
import socket

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.runtime import valkey
from config.runtime.errors import CannotStart


@pytest.fixture
def client(running_servers):
    with redis.Redis.from_url(running_servers.valkey.address()) as found:
        yield found


def test_it_answers_with_the_password_only(running_servers, client):
    assert client.ping() is True
    with (
        redis.Redis(port=running_servers.valkey.port, retry=Retry(NoBackoff(), 0)) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_it_listens_on_loopback_and_never_drops_a_message(client):
    wanted = {"bind": "127.0.0.1", "maxmemory-policy": "noeviction", "appendonly": "yes"}

    assert {name: client.config_get(name)[name] for name in wanted} == wanted


def test_password_is_not_on_the_command_line(running_servers):
    pid = running_servers.valkey.child.process.pid

    with open(f"/proc/{pid}/cmdline", "rb") as file:
        assert running_servers.valkey.password.encode() not in file.read()
    assert (running_servers.valkey.data / "valkey.conf").stat().st_mode & 0o777 == 0o600


def test_what_is_queued_survives_a_restart(own_servers):
    found = own_servers()
    found.valkey.start()
    with redis.Redis.from_url(found.valkey.address()) as client:
        client.rpush("queue", "message")
    found.valkey.stop()

    again = own_servers()
    again.valkey.start()
    with redis.Redis.from_url(again.valkey.address()) as client:
        assert client.lrange("queue", 0, -1) == [b"message"]
    again.valkey.stop()


def test_port_taken_meanwhile_is_exchanged(monkeypatch, own_servers):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = iter([taken.getsockname()[1], valkey.free_port()])
        monkeypatch.setattr(valkey, "free_port", lambda: next(ports))
        found = own_servers()

        found.valkey.start()

        assert found.valkey.port != taken.getsockname()[1]
        found.valkey.stop()


def test_fixed_port_that_is_taken_says_so(own_servers):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = own_servers()
        found.valkey.port = taken.getsockname()[1]

        with pytest.raises(CannotStart, match=r"^Valkey ended with status 1: .*in use"):
            found.valkey.start()


def test_folder_that_cannot_be_written_says_so(home, own_servers):
    found = own_servers()
    found.valkey.data = home.path / "missing" / "valkey"

    with pytest.raises(CannotStart, match=r"valkey cannot be written: No such file or directory$"):
        found.valkey.start()


def test_nobody_listening_is_no_answer(home, own_servers):
    assert not own_servers().valkey.answers()
    assert os.listdir(home.logs) == []
