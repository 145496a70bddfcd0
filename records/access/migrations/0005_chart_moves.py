"""Charts are moved between units; each move is a row that stays as it was written.

Once the chart is destroyed the owner's function takes out why, and leaves who moved it and when.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.append_only import InsertOnly, TrackChanges

FORGET = """
CREATE FUNCTION access_keep_moves() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason'
       AND NEW.reason = 'Chart destroyed'
       AND EXISTS (SELECT FROM access_chart WHERE id = OLD.chart_id AND status = 'DESTROYED') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of % is refused: its rows are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION access_forget_moves(chart bigint) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE access_chartmove SET reason = 'Chart destroyed' WHERE chart_id = chart;
END $$;

DROP TRIGGER access_chartmove_insert_only ON access_chartmove;
CREATE TRIGGER access_chartmove_insert_only BEFORE UPDATE OR DELETE ON access_chartmove
FOR EACH ROW EXECUTE FUNCTION access_keep_moves();
"""
KEEP = """
DROP TRIGGER access_chartmove_insert_only ON access_chartmove;
CREATE TRIGGER access_chartmove_insert_only BEFORE UPDATE OR DELETE ON access_chartmove
FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
DROP FUNCTION access_forget_moves(bigint);
DROP FUNCTION access_keep_moves();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_glass_notices"),
        ("audit", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="chart",
            options={
                "default_permissions": (),
                "permissions": [
                    ("open_chart", "Can open charts on a ground"),
                    ("view_chart", "Can open this chart"),
                    ("grant_chart", "Can let somebody open a single chart"),
                    ("move_chart", "Can move charts between own units"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChartMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("moved_at", models.DateTimeField()),
                (
                    "chart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="access.chart",
                    ),
                ),
                (
                    "from_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.custodyunit",
                    ),
                ),
                (
                    "moved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.custodyunit",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["chart", "-id"], name="access_chartmove_by_chart")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("from_unit", models.F("to_unit")), _negated=True),
                        name="access_chartmove_between_two_units",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="access_chartmove_has_reason",
                    ),
                ],
            },
        ),
        TrackChanges("access_chartmove"),
        InsertOnly("access_chartmove"),
        migrations.RunSQL(FORGET, KEEP),
    ]
