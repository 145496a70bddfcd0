"""Runs the trail's or retention's benchmark on a folder's own database; prints JSON.

`python -m bench.inside trail|retention FOLDER`
"""

import json
import os
import sys
from pathlib import Path

ROWS = 1_000_000


def main(kind, folder):
    """Set up around the folder's servers, measure, print."""
    os.environ["CHARTROOM_HOME"] = str(Path(folder).resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    from config.runtime.environment import prepared

    with prepared(["bench"]):
        import django

        django.setup()
        print(json.dumps(trail(folder) if kind == "trail" else retention()))


def trail(folder):
    """Return rows a second of writer, seal and verification."""
    from bench import bench_audit
    from bench.pages import connect_superuser

    superuser = connect_superuser(Path(folder).resolve())
    facts = superuser.info.dsn_parameters
    password = superuser.info.password
    dsn = f"host={facts['host']} port={facts['port']} dbname={facts['dbname']}"
    return bench_audit.run(owner_dsn=f"{dsn} user={facts['user']} password={password}", rows=ROWS)


def retention():
    """Return how the nightly evaluation compares with the bare statement."""
    from bench import bench_retention

    return bench_retention.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
