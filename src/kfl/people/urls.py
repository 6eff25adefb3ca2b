"""Addresses of the people room."""

from django.urls import path

from . import views

app_name = "people"

urlpatterns = [path("roller/", views.roles, name="roles")]
