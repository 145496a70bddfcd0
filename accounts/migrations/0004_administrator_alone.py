"""The administrator sees no patient: that role is held with no other, says the database too.

Looked at when a transaction commits, so that one role may be exchanged for another within it. The
person's row is locked first and their roles are read in a new statement, so of two sessions that
each give one role the second sees what the first gave. That holds only where each statement has a
snapshot of its own, so any other isolation level is refused.
"""

from django.core.management.base import CommandError
from django.db import migrations

ALONE = """
CREATE FUNCTION accounts_keep_administrator_alone() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held text[];
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'No role is given in a transaction that may not see the newest roles'
            USING ERRCODE = 'restrict_violation';
    END IF;
    -- Two sessions that only look at the person's key, as foreign keys do, do not wait for it.
    PERFORM FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
    SELECT array_agg(role.name) INTO held
    FROM accounts_user_groups member JOIN auth_group role ON role.id = member.group_id
    WHERE member.user_id = NEW.user_id;
    IF 'ADMINISTRATOR' = ANY (held) AND cardinality(held) > 1 THEN
        RAISE EXCEPTION 'An administrator sees no patient: user % cannot hold another role beside',
            NEW.user_id USING ERRCODE = 'check_violation',
            CONSTRAINT = 'accounts_user_groups_administrator_alone';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER accounts_user_groups_administrator_alone
    AFTER INSERT OR UPDATE ON accounts_user_groups DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_administrator_alone();
"""
DROP_ALONE = """
DROP TRIGGER accounts_user_groups_administrator_alone ON accounts_user_groups;
DROP FUNCTION accounts_keep_administrator_alone();
"""
HOLDING_MORE = """
SELECT person.username
FROM accounts_user person
JOIN accounts_user_groups member ON member.user_id = person.id
JOIN auth_group role ON role.id = member.group_id
GROUP BY person.id, person.username
HAVING count(*) > 1 AND bool_or(role.name = 'ADMINISTRATOR')
ORDER BY person.username
"""
MOST_NAMED = 20


def refuse_what_stands(apps, schema_editor):
    """Say who holds more; which role each keeps is for people to decide, not for a migration."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(HOLDING_MORE)
        names = [name for (name,) in cursor.fetchall()]
    if not names:
        return
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    raise CommandError(
        f"People who hold Administrator together with another role: {len(names)}. From this "
        "version on Administrator stands alone, because it sees no patient. Nothing was changed. "
        "Decide for each which to keep, take the others away on the page People of the version "
        f"you had, then migrate again. They sign in as: {', '.join(names[:MOST_NAMED])}{more}."
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_saved_lists")]

    operations = [
        # The trigger's lock lets no row in between it and the look at what stands.
        migrations.RunSQL(ALONE, DROP_ALONE),
        migrations.RunPython(refuse_what_stands, migrations.RunPython.noop),
    ]
