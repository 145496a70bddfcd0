"""A worker that kills its process at a named point of packaging.

A point is `STEP:before`, `STEP:after`, `keep:FRONT`, `keep:WHOLE` (bytes are kept, their row is not
written yet), or `PAGES:inside`, `STORE:inside`, `READY:inside` (all is written, not committed yet).
"""

import os
import signal


def die(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)


def work(job_id, point):
    """Work on the job until it dies, in a forked process."""
    from jobs.services import jobs
    from requests_release.services import moving, packaging

    kind, _, when = point.partition(":")
    if kind == "keep":
        kept = packaging.files.keep

        def keep_and_die(content, *, identity):
            stored = kept(content, identity=identity)
            if identity.endswith(when):
                die()
            return stored

        packaging.files.keep = keep_and_die
    elif point == "STORE:inside":
        saved = packaging.Package.save

        def save_and_die(package, **values):
            saved(package, **values)
            if "manifest" in values.get("update_fields", ()):
                die()

        packaging.Package.save = save_and_die
    elif when == "inside":
        moved = moving.move_by_system
        last = {"PAGES": "PACKAGING", "READY": "READY"}[kind]

        def move_and_die(**values):
            request = moved(**values)
            if request.status == last:
                die()
            return request

        moving.move_by_system = move_and_die
    else:
        found = packaging._next_step

        def deadly(package):
            name, step = found(package)

            def run(*args):
                if when == "before":
                    die()
                step(*args)
                die()

            return name, run if name == kind else step

        packaging._next_step = deadly
    jobs.work(job_id)
