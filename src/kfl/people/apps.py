from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "kfl.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_save
        from django.utils.module_loading import autodiscover_modules

        from . import scopes
        from .found import mark_made
        from .scoping import ScopedManager

        ScopedManager.rule = scopes
        post_save.connect(mark_made, dispatch_uid="found")
        autodiscover_modules("audit_words")
