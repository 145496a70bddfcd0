"""Who works on a request just now; and that somebody took it over, from whom, and why.

The mark is a lease and is not followed by row changes. That somebody was told is.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from audit.append_only import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("requests_release", "0012_step_by_step"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="mark",
                        serialize=False,
                        to="requests_release.request",
                    ),
                ),
                ("since", models.DateTimeField()),
                (
                    "heard_at",
                    models.DateTimeField(
                        help_text="When a page or a script of the holder last asked"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(heard_at__gte=F("since")),
                        name="requests_release_mark_heard_after_start",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="took_over_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "comment",
            models.CheckConstraint(
                condition=Q(took_over_from__isnull=True) | ~Q(took_over_from=F("made_by")),
                name="requests_release_comment_takes_over_from_another",
            ),
        ),
        migrations.CreateModel(
            name="TakeoverNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice",
                        to="requests_release.comment",
                    ),
                ),
                (
                    "person",
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
                        condition=Q(seen_at__isnull=True),
                        fields=["person"],
                        name="takeover_notices_unseen",
                    )
                ],
            },
        ),
        TrackChanges("requests_release_takeovernotice"),
    ]
