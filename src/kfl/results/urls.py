"""Addresses of results."""

from django.urls import path

from . import views

app_name = "results"

_PAGE = "resultater/<slug:wave>/<int:number>/<slug:informant>/"

urlpatterns = [
    path("resultater/", views.overview, name="overview"),
    path(_PAGE, views.result, name="page"),
    path(_PAGE + "sporsmal/", views.questions, name="questions"),
    path(_PAGE + "endring/", views.change, name="change"),
    path(_PAGE + "andres-syn/", views.others, name="others"),
    path(_PAGE + "om-tallene/", views.about, name="about"),
]
