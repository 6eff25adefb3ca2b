from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "kfl.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import happenings  # noqa: F401  (its system check)
