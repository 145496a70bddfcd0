from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from accounts.forms.users import NewPersonForm
from accounts.roles import Role
from accounts.selectors.users import get_system_user
from accounts.services import users
from audit import context
from audit.management.base import BadInput, JsonCommand

PASSWORD_BYTES = 24


class Command(JsonCommand):
    help = (
        "Make a sign-in with the role Administrator: the first of a new house, or one more when "
        "nobody can sign in. Prints the first password, once."
    )

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Take who it is."""
        parser.add_argument("username", help="the name to sign in with")
        parser.add_argument("--name", required=True, help="the person's name, as others see it")
        parser.add_argument("--email", required=True)

    def run(self, **options: Any) -> dict[str, Any]:
        """Make the sign-in as the system and return it with its first password.

        Raises:
            BadInput: the name or address is taken, or is none.
        """
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        form = NewPersonForm(
            {
                "username": options["username"],
                "display_name": options["name"],
                "email": options["email"],
                "password": password,
                "roles": [Role.ADMINISTRATOR],
            }
        )
        if not form.is_valid():
            field, problems = next(iter(form.errors.items()))
            raise BadInput(f"{field}: {problems[0]}")
        values = {name: form.cleaned_data[name] for name in form.fields if name != "seen"}
        with context.acting(context.system_origin()):
            user = users.create(actor=get_system_user(), **values)
        return {"username": user.username, "password": password, "user": user.pk}

    def tell(self, result: dict[str, Any]) -> None:
        """Print what to do with it."""
        self.stdout.write(
            f"{result['username']} signs in with {result['password']}\n"
            "This password is shown once and must be replaced at the first sign-in."
        )
