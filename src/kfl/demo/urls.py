"""Addresses of the demo."""

from django.urls import path

from . import views

app_name = "demo"
urlpatterns = [
    path("demo/sign-in", views.sign_in, name="sign-in"),
    path("demo/personer/", views.people, name="people"),
]
