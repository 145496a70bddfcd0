"""Names of the permissions that roles carry in this room."""

MANAGE_USERS = "accounts.manage_users"
