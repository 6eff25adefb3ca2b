"""Every address of the portal: those of no room, then each room's. Intake's (/svar/) are its own: see asgi.py."""

from django.urls import include, path

from . import account_doors, calendar_pages, rooms, views

web = [
    path("", views.home, name="home"),
    path("helse/", views.health, name="health"),
    path("kalender/", calendar_pages.page, name="calendar"),
    path("kalender.ics", calendar_pages.file, name="calendar-file"),
    path("jobber/<int:key>/", views.job, name="job"),
    path("sprak/", views.language, name="language"),
    path("personvern/", views.privacy, name="privacy"),
    path("tilgjengelighet/", views.accessibility, name="accessibility"),
]

urlpatterns = [
    path("", include((web, "web"))),
    *(path("", include(urls)) for urls in rooms.having("urls")),
    path("konto/", include(account_doors.account_pages())),
]
