"""The account that the embedded servers run under."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.runtime.errors import CannotStart

# PostgreSQL refuses to run as root. An account that an administrator made for us comes first;
# `nobody` exists nearly everywhere and owns nothing, and the data folder is closed to all but the
# account. Making an account changes the machine for good, so it is the last resort.
PREFERRED = ("chartroom", "nobody")


@dataclass(frozen=True)
class Account:
    """A system account by name and numbers."""

    name: str
    uid: int
    gid: int

    def popen_options(self) -> dict[str, object]:
        """Return the arguments that make `subprocess` run a child under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give `path` to this account."""
        os.chown(path, self.uid, self.gid)

    def can_enter(self, path: Path) -> bool:
        """Tell whether this account reaches `path` through all the folders above it."""
        found = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
            cwd="/",
            check=False,
            user=self.uid,
            group=self.gid,
            extra_groups=[],
        )
        return found.returncode == 0


def server_account() -> Account | None:
    """Return the account for the embedded servers, or None to run them as ourselves (not root).

    Raises:
        CannotStart: root, and no unprivileged account exists or can be made.
    """
    if os.geteuid() != 0:
        return None
    for name in PREFERRED:
        found = _find(name)
        if found is not None:
            return found
    return _create(PREFERRED[0])


def _find(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid) if entry.pw_uid else None


def _create(name: str) -> Account:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    adduser = shutil.which("adduser", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd:
        command = [useradd, "--system", "--no-create-home", "--shell", "/bin/false", name]
    elif adduser:  # BusyBox
        command = [adduser, "-S", "-D", "-H", "-s", "/bin/false", name]
    else:
        command = ["false"]
    subprocess.run(command, check=False, capture_output=True)
    account = _find(name)
    if account is None:
        raise CannotStart("PostgreSQL does not run as root, and no unprivileged account exists")
    return account
