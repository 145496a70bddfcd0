"""What tells of requests is stamped by the server; a step is followed by its status.

Three functions of this room that refused another person's name give way to the one of all rooms.
Histories were only ever written by the services, with statuses of the table: the constraint is put
on whole. What is there is not looked at by the triggers.
"""

from django.db import migrations, models
from django.db.models import Q

from audit.histories import Stamped, StepByStep

NAMES = """
DROP TRIGGER requests_release_change_name ON requests_release_requeststatuschange;
DROP FUNCTION requests_release_guard_name();
DROP TRIGGER requests_release_assignment_name ON requests_release_requestassignment;
DROP FUNCTION requests_release_guard_giver();
DROP TRIGGER requests_release_choice_name ON requests_release_requestchoice;
DROP FUNCTION requests_release_guard_chooser();
"""


def _old(function, table, trigger, column, words):
    return f"""
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.{column}::text IS DISTINCT FROM current_setting('chartroom.actor', true) THEN
        RAISE EXCEPTION '{words} in the name of another person' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {trigger} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();
"""


OLD_NAMES = (
    _old(
        "requests_release_guard_name",
        "requests_release_requeststatuschange",
        "requests_release_change_name",
        "changed_by_id",
        "Nobody takes a step of a request",
    )
    + _old(
        "requests_release_guard_giver",
        "requests_release_requestassignment",
        "requests_release_assignment_name",
        "assigned_by_id",
        "Nobody gives a request",
    )
    + _old(
        "requests_release_guard_chooser",
        "requests_release_requestchoice",
        "requests_release_choice_name",
        "chosen_by_id",
        "Nobody chooses documents",
    )
)

# A link is made by a person and used by somebody outside: its disclosure names who made it.
RELEASER = """
CREATE FUNCTION requests_release_guard_releaser() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.released_by_id::text IS DISTINCT FROM current_setting('chartroom.actor', true)
       AND NOT EXISTS (
           SELECT FROM requests_release_delivery
           WHERE id = NEW.delivery_id AND method = 'PORTAL' AND created_by_id = NEW.released_by_id
       ) THEN
        RAISE EXCEPTION 'Nobody discloses in the name of another person'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER requests_release_disclosure_name BEFORE INSERT
    ON requests_release_disclosure FOR EACH ROW
    EXECUTE FUNCTION requests_release_guard_releaser();
"""
DROP_RELEASER = """
DROP TRIGGER requests_release_disclosure_name ON requests_release_disclosure;
DROP FUNCTION requests_release_guard_releaser();
"""
STATUSES = [
    "LOGGED",
    "IN_PREPARATION",
    "ON_HOLD",
    "SUBMITTED",
    "RETURNED",
    "APPROVED",
    "PACKAGING",
    "READY",
    "DELIVERED",
    "DENIED",
    "NO_RECORDS",
    "WITHDRAWN",
    "CLOSED",
]


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_histories"),
        ("requests_release", "0011_list_exports"),
    ]

    operations = [
        migrations.AddConstraint(
            "requeststatuschange",
            models.CheckConstraint(
                condition=Q(from_status__in=["", *STATUSES]),
                name="requests_release_statuschange_from_status_is_known",
            ),
        ),
        migrations.RunSQL(NAMES, OLD_NAMES),
        Stamped("requests_release_requeststatuschange", at="changed_at", by="changed_by_id"),
        Stamped("requests_release_requestassignment", at="assigned_at", by="assigned_by_id"),
        Stamped("requests_release_requestchoice", at="chosen_at", by="chosen_by_id"),
        Stamped("requests_release_requestpreparer", at="since"),
        Stamped("requests_release_comment", at="made_at", by="made_by_id"),
        Stamped("requests_release_accounting", at="printed_at", by="printed_by_id"),
        Stamped("requests_release_delivery", at="created_at", by="created_by_id"),
        Stamped("requests_release_disclosure", at="recorded_at"),
        migrations.RunSQL(RELEASER, DROP_RELEASER),
        StepByStep(
            "requests_release_request",
            "requests_release_requeststatuschange",
            "request_id",
            what="A request",
            starts=["LOGGED"],
            moves={
                "LOGGED": ["IN_PREPARATION", "WITHDRAWN"],
                "IN_PREPARATION": ["SUBMITTED", "ON_HOLD", "WITHDRAWN"],
                "ON_HOLD": ["IN_PREPARATION", "WITHDRAWN"],
                "SUBMITTED": [
                    "APPROVED",
                    "RETURNED",
                    "DENIED",
                    "NO_RECORDS",
                    "IN_PREPARATION",
                    "WITHDRAWN",
                ],
                "RETURNED": ["IN_PREPARATION", "WITHDRAWN"],
                "APPROVED": ["PACKAGING", "IN_PREPARATION", "WITHDRAWN"],
                "PACKAGING": ["READY", "APPROVED"],
                "READY": ["DELIVERED", "IN_PREPARATION", "WITHDRAWN"],
                "DELIVERED": ["CLOSED"],
                "DENIED": ["CLOSED"],
                "NO_RECORDS": ["CLOSED"],
            },
        ),
    ]
