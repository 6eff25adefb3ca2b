"""The portal as an ASGI app, alone or in one server with intake."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kfl.web.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application

from kfl.intake.app import create_app

from .bodies import Bodies
from .static_files import StaticFiles


def portal() -> Any:
    """The portal alone. Static files must be collected before it is made."""
    files = StaticFiles(
        get_asgi_application(),
        root=Path(settings.STATIC_ROOT),
        prefix=settings.STATIC_URL,
        max_age_s=settings.WHITENOISE_MAX_AGE,
    )
    return Bodies(files)


def portal_and_intake(data_dir: Path) -> Any:
    """What `kfl run` serves: intake under /svar/, the portal elsewhere.

    The server's start and stop are intake's: Django needs neither.
    """
    intake, rest = create_app(data_dir, settings.ALLOWED_HOSTS), portal()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] == "lifespan" or path == "/svar" or path.startswith("/svar/"):
            await intake(scope, receive, send)
        else:
            await rest(scope, receive, send)

    return app
