"""Family and middle name lead to a patient without the given name, by an index of their own."""

from __future__ import annotations

from django.db import migrations

INDEX = """
CREATE INDEX patients_family_and_middle ON patients_patient (
    family_key text_pattern_ops,
    regexp_replace(normalize(upper(middle), NFKD), '[^[:alnum:]]', '', 'g') text_pattern_ops
) WHERE middle <> '';
"""
DROP_INDEX = "DROP INDEX patients_family_and_middle;"


class Migration(migrations.Migration):
    dependencies = [("patients", "0006_given_and_middle")]

    operations = [migrations.RunSQL(INDEX, DROP_INDEX)]
