"""Addresses of results."""

from django.urls import path

from . import views
from .technical import views as technical

app_name = "results"

_PAGE = "resultater/<slug:wave>/<int:number>/<slug:informant>/"
_TECHNICAL = "resultater/<slug:wave>/teknisk"

urlpatterns = [
    path("resultater/", views.overview, name="overview"),
    path(_PAGE, views.result, name="page"),
    path(_PAGE + "sporsmal/", views.questions, name="questions"),
    path(_PAGE + "endring/", views.change, name="change"),
    path(_PAGE + "andres-syn/", views.others, name="others"),
    path(_PAGE + "om-tallene/", views.about, name="about"),
    path(_TECHNICAL + "/", technical.report, name="technical"),
    path(_TECHNICAL + "/<slug:informant>/", technical.informant, name="technical-informant"),
    path(_TECHNICAL + ".pdf", technical.pdf, name="technical-pdf"),
    path(_TECHNICAL + ".json", technical.data, name="technical-data"),
]
