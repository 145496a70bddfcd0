"""Access requests: asked in one's own name, decided by another person, step by step.

The steps are the common ones of `audit.histories`; what a step of this table needs besides is kept
by a trigger of its own.
"""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.append_only import InsertOnly, TrackChanges
from audit.histories import Stamped, StepByStep

KEEP = """
CREATE FUNCTION access_keep_access_request() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    actor constant text := current_setting('chartroom.actor', true);
    is_decision constant boolean := NEW.status IN ('GRANTED', 'DECLINED');
    keeper bigint;
    chart_status text;
BEGIN
    IF TG_OP = 'INSERT' OR NEW.unit_id <> OLD.unit_id THEN
        -- A move of the chart that is under way is waited for.
        SELECT unit_id, status INTO keeper, chart_status FROM public.access_chart
         WHERE id = NEW.chart_id FOR SHARE;
        IF keeper <> NEW.unit_id THEN
            RAISE EXCEPTION 'Access is asked for in the unit that keeps the chart'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF chart_status = 'DESTROYED' THEN
            RAISE EXCEPTION 'Access is not asked for to a destroyed chart'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.seen_at IS DISTINCT FROM OLD.seen_at THEN
        IF OLD.seen_at IS NOT NULL OR actor IS DISTINCT FROM NEW.asked_by_id::text THEN
            RAISE EXCEPTION 'Access is seen once, by whoever asked for it'
                USING ERRCODE = 'check_violation';
        END IF;
        NEW.seen_at := statement_timestamp();
    END IF;
    IF NEW.status = OLD.status THEN
        IF (NEW.decided_at, NEW.decided_by_id, NEW.comment)
           IS DISTINCT FROM (OLD.decided_at, OLD.decided_by_id, OLD.comment) THEN
            RAISE EXCEPTION 'Access is decided once' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status <> 'ASKED' THEN
        RETURN NEW;  -- refused by the table of steps, which says so better
    END IF;
    IF is_decision AND (actor IS DISTINCT FROM NEW.decided_by_id::text
                        OR actor IS NOT DISTINCT FROM NEW.asked_by_id::text) THEN
        RAISE EXCEPTION 'Access is decided in one''s own name, by another than who asked'
            USING ERRCODE = 'check_violation';
    END IF;
    IF is_decision AND NEW.expires_at <= statement_timestamp() THEN
        RAISE EXCEPTION 'Access is not decided after the time that was asked for'
            USING ERRCODE = 'check_violation';
    END IF;
    IF is_decision THEN
        NEW.decided_at := statement_timestamp();
    END IF;
    IF NEW.status = 'GRANTED' AND NOT EXISTS (
        SELECT FROM public.access_chartuserpermission held
         WHERE held.user_id = NEW.asked_by_id AND held.content_object_id = NEW.chart_id
           AND (held.expires_at IS NULL OR held.expires_at >= NEW.expires_at)
    ) THEN
        RAISE EXCEPTION 'Access is granted together with the right'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status = 'WITHDRAWN' AND actor IS DISTINCT FROM NEW.asked_by_id::text THEN
        RAISE EXCEPTION 'Access is withdrawn by whoever asked for it'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status = 'LAPSED' AND NEW.expires_at > statement_timestamp() AND NOT EXISTS (
        SELECT FROM public.access_chart WHERE id = NEW.chart_id AND status = 'DESTROYED'
    ) THEN
        RAISE EXCEPTION 'Access lapses when its time is over or its chart is destroyed'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER access_accessrequest_kept BEFORE INSERT OR UPDATE ON access_accessrequest
FOR EACH ROW EXECUTE FUNCTION access_keep_access_request();
"""
UNKEEP = """
DROP TRIGGER access_accessrequest_kept ON access_accessrequest;
DROP FUNCTION access_keep_access_request();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_chart_moves"),
        ("audit", "0002_histories"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("TREATMENT", "Treatment"),
                            ("PAYMENT", "Payment"),
                            ("OPERATIONS", "Health care operations"),
                            ("RECORDS", "Record keeping"),
                            ("RELEASE", "Release of information"),
                            ("OVERSIGHT", "Oversight"),
                            ("PATIENT_REQUEST", "Patient's own request"),
                            ("PUBLIC_HEALTH", "Public health"),
                            ("LEGAL", "Required by law"),
                            ("RESEARCH", "Research"),
                            ("RETENTION", "Retention and destruction"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                (
                    "expires_at",
                    models.DateTimeField(help_text="End of the right that is asked for"),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ASKED", "Asked"),
                            ("GRANTED", "Granted"),
                            ("DECLINED", "Declined"),
                            ("WITHDRAWN", "Withdrawn"),
                            ("LAPSED", "Lapsed"),
                        ],
                        default="ASKED",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("comment", models.CharField(blank=True, default="", max_length=500)),
                (
                    "seen_at",
                    models.DateTimeField(
                        blank=True, help_text="When who asked looked at how it ended", null=True
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "chart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.chart",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.custodyunit",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AccessRequestStatusChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "from_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ASKED", "Asked"),
                            ("GRANTED", "Granted"),
                            ("DECLINED", "Declined"),
                            ("WITHDRAWN", "Withdrawn"),
                            ("LAPSED", "Lapsed"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("ASKED", "Asked"),
                            ("GRANTED", "Granted"),
                            ("DECLINED", "Declined"),
                            ("WITHDRAWN", "Withdrawn"),
                            ("LAPSED", "Lapsed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("changed_at", models.DateTimeField()),
                (
                    "access_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="status_changes",
                        to="access.accessrequest",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="accessrequest",
            index=models.Index(
                condition=models.Q(("status", "ASKED")),
                fields=["unit", "asked_at", "id"],
                name="access_accessrequest_open",
            ),
        ),
        migrations.AddIndex(
            model_name="accessrequest",
            index=models.Index(
                condition=models.Q(("status", "ASKED")),
                fields=["expires_at"],
                name="access_accessrequest_over",
            ),
        ),
        migrations.AddIndex(
            model_name="accessrequest",
            index=models.Index(fields=["asked_by", "-id"], name="access_accessrequest_own"),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.UniqueConstraint(
                models.F("asked_by"),
                models.F("chart"),
                condition=models.Q(("status", "ASKED")),
                name="access_accessrequest_one_open_for_each_person_and_chart",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["ASKED", "GRANTED", "DECLINED", "WITHDRAWN", "LAPSED"])
                ),
                name="access_accessrequest_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "purpose__in",
                        [
                            "TREATMENT",
                            "PAYMENT",
                            "OPERATIONS",
                            "RECORDS",
                            "RELEASE",
                            "OVERSIGHT",
                            "PATIENT_REQUEST",
                            "PUBLIC_HEALTH",
                            "LEGAL",
                            "RESEARCH",
                            "RETENTION",
                        ],
                    )
                ),
                name="access_accessrequest_purpose_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__length__gte", 15)),
                name="access_accessrequest_reason_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_at__gt", models.F("asked_at")),
                    (
                        "expires_at__lte",
                        models.F("asked_at") + datetime.timedelta(days=31, hours=1),
                    ),
                ),
                name="access_accessrequest_expires_in_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("status__in", ("GRANTED", "DECLINED")),
                    ),
                    models.Q(
                        models.Q(("status__in", ("GRANTED", "DECLINED")), _negated=True),
                        ("comment", ""),
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="access_accessrequest_decided_at_and_by_when_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "DECLINED"), _negated=True),
                    models.Q(("comment", ""), _negated=True),
                    _connector="OR",
                ),
                name="access_accessrequest_declined_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="access_accessrequest_decided_by_another_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seen_at__isnull", True),
                    models.Q(("status", "ASKED"), _negated=True),
                    _connector="OR",
                ),
                name="access_accessrequest_seen_when_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="accessrequeststatuschange",
            index=models.Index(fields=["access_request", "id"], name="access_accessrequest_steps"),
        ),
        migrations.AddConstraint(
            model_name="accessrequeststatuschange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "from_status__in",
                        ["", "ASKED", "GRANTED", "DECLINED", "WITHDRAWN", "LAPSED"],
                    ),
                    ("to_status__in", ["ASKED", "GRANTED", "DECLINED", "WITHDRAWN", "LAPSED"]),
                ),
                name="access_accessrequest_steps_are_known",
            ),
        ),
        TrackChanges("access_accessrequest"),
        TrackChanges("access_accessrequeststatuschange"),
        InsertOnly("access_accessrequeststatuschange"),
        Stamped("access_accessrequest", at="asked_at", by="asked_by_id"),
        Stamped("access_accessrequeststatuschange", at="changed_at", by="changed_by_id"),
        StepByStep(
            "access_accessrequest",
            "access_accessrequeststatuschange",
            "access_request_id",
            what="An access request",
            starts=["ASKED"],
            moves={"ASKED": ["GRANTED", "DECLINED", "WITHDRAWN", "LAPSED"]},
        ),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
