from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    verbose_name = "People and sign-in"

    def ready(self) -> None:
        from accounts import grants, http, signals, tracking  # noqa: F401  (registration on import)
        from accounts.selectors import saved_lists, users
        from accounts.services import roles
        from audit import proofs, subjects

        proofs.register(http.ask_for_proof)
        subjects.register(subjects.PERSON, users.label, find_fn=users.find)
        subjects.register("saved_list", saved_lists.label)
        post_migrate.connect(roles.sync, sender=self, dispatch_uid="accounts.sync_roles")
