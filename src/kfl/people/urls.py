"""Addresses of the people room."""

from django.urls import path

from .views import address, log, role_table, roles, rosters, units

app_name = "people"

urlpatterns = [
    path("roller/", role_table.roles, name="roles"),
    path("min-adresse/", address.new, name="address"),
    path("min-adresse/kode/", address.proof, name="address-proof"),
    path("enheter/", units.unit_list, name="unit-list"),
    path("enheter/<int:key>/", units.unit_detail, name="unit-detail"),
    path("enheter/<int:key>/gi-rolle/", roles.role_give, name="role-give"),
    path("enheter/<int:key>/avslutt-rolle/<int:assignment>/", roles.role_end, name="role-end"),
    path("enheter/<int:key>/historikk/", log.unit_history, name="unit-history"),
    path("logg/", log.log, name="log"),
    path("logg/fil/", log.log_file, name="log-file"),
    path("enheter/import/", rosters.upload, name="roster-upload"),
    path("enheter/import/ta-tilbake/<int:key>/", rosters.undo, name="roster-undo"),
    path("enheter/import/<str:token>/", rosters.preview, name="roster-preview"),
    path("enheter/import/<str:token>/feil/", rosters.failed_rows, name="roster-failed"),
]
