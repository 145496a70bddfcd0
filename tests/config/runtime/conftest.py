"""Folders and servers for tests that start servers of their own."""

import shutil
import tempfile
from pathlib import Path

import pytest

from config.runtime import servers
from config.runtime.home import Home
from tests.servers import PREFIX, TEST


@pytest.fixture
def shared_folder():
    """A folder that every account can enter; pytest's own are closed to the servers' account."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{TEST.process}-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(shared_folder):
    """A home with a space in its path, prepared for the servers' account."""
    found = Home(shared_folder / "records room")
    found.prepare(TEST.account)
    return found


@pytest.fixture
def own_servers(home):
    """Make the servers of `home`, as often as a test asks; whatever still runs is stopped."""
    made = []

    def make():
        made.append(servers.of_home(home))
        return made[-1]

    yield make
    for found in made:
        found.stop()


@pytest.fixture(scope="module")
def running_servers():
    """Both servers of a fresh home, running."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{TEST.process}-", dir="/tmp"))
    folder.chmod(0o711)
    found = servers.of_home(Home(folder / "records room"))
    found.start()
    yield found
    found.stop()
    shutil.rmtree(folder)
