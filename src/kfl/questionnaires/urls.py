"""Addresses of questionnaires."""

from django.urls import path

from .views import editor, media, preview, questionnaires

app_name = "questionnaires"

urlpatterns = [
    path("skjema/", questionnaires.questionnaire_list, name="list"),
    path("skjema/ny/", questionnaires.questionnaire_new, name="new"),
    path("skjema/<slug:key>/", questionnaires.questionnaire, name="detail"),
    path("skjema/<slug:key>/kopier/", questionnaires.questionnaire_copy, name="copy"),
    path("skjema/<slug:key>/ny-utgave/", questionnaires.questionnaire_next, name="next-version"),
    path("skjema/<slug:key>/rediger/", questionnaires.questionnaire_edit, name="edit"),
    path("skjema/<slug:key>/vis/", preview.preview, name="preview"),
    path("skjema/<slug:key>/skala/ny/", editor.scale_edit, name="scale-new"),
    path("skjema/<slug:key>/skala/<int:scale>/", editor.scale_edit, name="scale-edit"),
    path("skjema/<slug:key>/skala/<int:scale>/slett/", editor.scale_delete, name="scale-delete"),
    path("skjema/<slug:key>/skala/<int:scale>/flytt/", editor.scale_move, name="scale-move"),
    path("skjema/<slug:key>/sporsmal/ny/", editor.item_edit, name="item-new"),
    path("skjema/<slug:key>/skala/<int:scale>/sporsmal/ny/", editor.item_edit, name="scale-item-new"),
    path("skjema/<slug:key>/sporsmal/<int:item>/", editor.item_edit, name="item-edit"),
    path("skjema/<slug:key>/sporsmal/<int:item>/medier/", media.item_media, name="item-media"),
    path("skjema/<slug:key>/medier/<slug:digest>/", media.media_file, name="media"),
    path("skjema/<slug:key>/sporsmal/<int:item>/slett/", editor.item_delete, name="item-delete"),
    path("skjema/<slug:key>/sporsmal/<int:item>/flytt/", editor.item_move, name="item-move"),
]
