"""An authorization does not end before it was signed, nor is it revoked before.

Rows of a house may contradict this: until now a slip was taken and told as "expired". A reading is
evidence and is never rewritten, so such rows stand, and the rule is put on without looking at them
(NOT VALID); where none contradicts it, it is made whole at once.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q

NAMES = (
    "requests_release_authorization_expires_after_signature",
    "requests_release_authorization_revoked_after_signature",
)
VALIDATE = "".join(
    f"""
DO $$
BEGIN
    ALTER TABLE requests_release_authorization VALIDATE CONSTRAINT {name};
EXCEPTION WHEN check_violation THEN
    RAISE NOTICE 'Authorizations from before this rule contradict it: {name}';
END $$;
"""
    for name in NAMES
)


class Migration(migrations.Migration):
    dependencies = [("requests_release", "0007_assignments")]

    operations = [
        AddConstraintNotValid(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=Q(signed_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("signed_on"))
                | Q(revoked_on__isnull=False),
                name=NAMES[0],
            ),
        ),
        AddConstraintNotValid(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=Q(signed_on__isnull=True)
                | Q(revoked_on__isnull=True)
                | Q(revoked_on__gte=F("signed_on")),
                name=NAMES[1],
            ),
        ),
        migrations.RunSQL(VALIDATE, migrations.RunSQL.noop),
    ]
