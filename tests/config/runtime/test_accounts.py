import os

import pytest

from config.runtime import accounts

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")


@pytest.fixture
def account():
    return accounts.server_account()


@pytest.mark.skipif(os.geteuid() == 0, reason="root runs the servers under another account")
def test_server_account_is_ourselves_when_we_are_not_root(account):
    assert account is None


@as_root
def test_server_account_as_root_is_unprivileged(account):
    assert account.uid != 0
    assert account.gid != 0
    assert account.name in accounts.PREFERRED


@as_root
def test_can_enter_asks_every_parent_folder(account, shared_folder):
    inner = shared_folder / "closed" / "open"
    inner.mkdir(parents=True)
    inner.chmod(0o755)

    assert account.can_enter(inner)

    inner.parent.chmod(0o700)

    assert not account.can_enter(inner)


@as_root
def test_own_gives_only_the_path_itself(account, shared_folder):
    folder = shared_folder / "data"
    folder.mkdir()

    account.own(folder)

    assert (folder.stat().st_uid, folder.stat().st_gid) == (account.uid, account.gid)
    assert shared_folder.stat().st_uid == 0


def test_no_account_and_no_way_to_make_one_says_so(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(accounts, "PREFERRED", ("no-such-account",))
    monkeypatch.setattr(accounts.shutil, "which", lambda *_, **__: None)

    with pytest.raises(accounts.CannotStart, match="no unprivileged account exists"):
        accounts.server_account()
