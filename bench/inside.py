"""Works on a folder's own database: settles it after loading, or measures retention or the trail.

`python -m bench.inside settle|retention|trail FOLDER`; prints JSON.
"""

import json
import os
import sys
from pathlib import Path

ROWS = 1_000_000


def main(kind, folder):
    """Set up around the folder's servers, work, print."""
    os.environ["CHARTROOM_HOME"] = str(Path(folder).resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    from config.runtime.environment import prepared

    works = {"settle": settle, "retention": retention, "trail": trail}
    with prepared(["bench"]):
        import django

        django.setup()
        print(json.dumps(works[kind](Path(folder).resolve())))


def settle(folder):
    """Vacuum after loading, as autovacuum would in the hours after; it must not run meanwhile."""
    from bench.pages import connect_superuser

    with connect_superuser(folder).cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return {}


def trail(folder):
    """Return rows a second of writer, seal and verification."""
    from bench import bench_audit
    from bench.pages import connect_superuser

    superuser = connect_superuser(folder)
    facts = superuser.info.dsn_parameters
    password = superuser.info.password
    dsn = f"host={facts['host']} port={facts['port']} dbname={facts['dbname']}"
    return bench_audit.run(owner_dsn=f"{dsn} user={facts['user']} password={password}", rows=ROWS)


def retention(_folder):
    """Return how the nightly evaluation compares with the bare statement."""
    from bench import bench_retention

    return bench_retention.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
