"""Every address of the portal. Intake's addresses (/svar/) are its own: see asgi.py."""

from django.urls import include, path

urlpatterns = [
    path("konto/", include("allauth.urls")),
]
