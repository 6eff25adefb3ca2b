"""Addresses of research."""

from django.urls import path

from . import views

app_name = "research"

_REPORT = "resultater/<slug:wave>/teknisk"

urlpatterns = [
    path(_REPORT + "/", views.report, name="report"),
    path(_REPORT + "/<slug:informant>/", views.informant, name="chapter"),
    path(_REPORT + ".pdf", views.pdf, name="report-pdf"),
    path(_REPORT + ".json", views.data, name="report-data"),
]
