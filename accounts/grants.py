"""What the application role may change in the tables of sign-in and in Django's own."""

from audit import grants

grants.register("accounts_user", update=True)
grants.register("accounts_user_groups", delete=True)
grants.register("django_session", update=True, delete=True)
grants.register("usersessions_usersession", update=True, delete=True)
grants.register("mfa_authenticator", update=True, delete=True)
grants.register("account_emailaddress", update=True, delete=True)
