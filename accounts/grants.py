"""What the application role may change in the tables of sign-in and in Django's own."""

from audit import grants

grants.register("accounts_user", update=True)
grants.register("accounts_user_groups", delete=True)
# Whose it is, of which list, and what it holds stay as they were saved.
grants.register(
    "accounts_savedlist", update=("name", "is_shared", "is_default", "version"), delete=True
)
grants.register("django_session", update=True, delete=True)
grants.register("usersessions_usersession", update=True, delete=True)
grants.register("mfa_authenticator", update=True, delete=True)
grants.register("account_emailaddress", update=True, delete=True)
# What a person may do follows from roles alone, and roles are synced by the owner from code.
for table in (
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "accounts_user_user_permissions",
    "guardian_userobjectpermission",
    "guardian_groupobjectpermission",
):
    grants.register(table, insert=False)
