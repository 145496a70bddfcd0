"""Filters of lists are kept under names, by each person in their own name."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower

from audit.append_only import TrackChanges
from audit.histories import Stamped

WORD = "[A-Za-z0-9_-]+"
QUERY = f"^[a-z_]+={WORD}(&[a-z_]+={WORD})*$"
NEVER_KEPT = "(^|&)(patient|patient_id|chart|mrn|q|find_[a-z]+|release|request|after|before|page)="


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_promises"),
        ("audit", "0002_histories"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("route", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=500)),
                (
                    "is_shared",
                    models.BooleanField(
                        default=False, help_text="Seen by all who may open the list"
                    ),
                ),
                (
                    "is_default",
                    models.BooleanField(default=False, help_text="The owner's list opens with it"),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        F("route"),
                        Lower("name"),
                        condition=Q(is_shared=True),
                        name="accounts_savedlist_shared",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        F("owner"),
                        F("route"),
                        Lower("name"),
                        name="accounts_savedlist_name_is_given_once",
                    ),
                    models.UniqueConstraint(
                        condition=Q(is_default=True),
                        fields=("owner", "route"),
                        name="accounts_savedlist_one_default",
                    ),
                    models.CheckConstraint(
                        condition=Q(name__regex=r"\S"), name="accounts_savedlist_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=Q(route__regex="^[a-z_]+:[a-z_]+$"),
                        name="accounts_savedlist_route_is_a_name",
                    ),
                    models.CheckConstraint(
                        condition=Q(query__regex=QUERY),
                        name="accounts_savedlist_holds_codes_alone",
                    ),
                    models.CheckConstraint(
                        condition=~Q(query__regex=NEVER_KEPT),
                        name="accounts_savedlist_names_no_patient",
                    ),
                ],
            },
        ),
        TrackChanges("accounts_savedlist"),
        Stamped("accounts_savedlist", at="created_at", by="owner_id"),
    ]
