"""Given and middle name lead to a patient without the family: by one index, on what is stored."""

from __future__ import annotations

from django.db import migrations

INDEX = """
CREATE INDEX patients_given_and_middle ON patients_patient (
    given_key text_pattern_ops,
    regexp_replace(normalize(upper(middle), NFKD), '[^[:alnum:]]', '', 'g') text_pattern_ops
) WHERE middle <> '';
"""
DROP_INDEX = "DROP INDEX patients_given_and_middle;"


class Migration(migrations.Migration):
    dependencies = [("patients", "0005_numbers_of_destroyed")]

    operations = [migrations.RunSQL(INDEX, DROP_INDEX)]
