from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "kfl.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules

        from . import scopes
        from .scoping import ScopedManager

        ScopedManager.rule = scopes
        autodiscover_modules("audit_words")
