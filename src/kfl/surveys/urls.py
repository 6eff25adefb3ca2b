"""Addresses of the surveys room."""

from django.urls import path

from .views import asked, codes, consent, consent_list, editor, erasing, follow, preview, questionnaires, ratings, setup

app_name = "surveys"

urlpatterns = [
    path("kartlegginger/", follow.followed, name="followed"),
    path("kartlegginger/<slug:slug>/<int:key>/", follow.response, name="response"),
    path("kartlegginger/<slug:slug>/<int:key>/koder/", codes.codes, name="codes"),
    path("kartlegginger/<slug:slug>/<int:key>/koder/<slug:informant>.pdf", codes.sheet, name="code-sheet"),
    path("kartlegginger/<slug:slug>/<int:key>/mistet-kode/", codes.lost, name="lost-code"),
    path("kartlegginger/<slug:slug>/<int:key>/ny-lapp/<int:code>/", codes.slip, name="slip"),
    path("kartlegginger/<slug:slug>/<int:key>/ny-lapp/<int:code>.pdf", codes.slip_pdf, name="slip-pdf"),
    path("kartlegginger/<slug:slug>/<int:key>/samtykke/", consent.consent, name="consent"),
    path("vurderinger/", ratings.own, name="ratings"),
    path("vurderinger/<slug:slug>/<int:key>/", ratings.one_list, name="rating-list"),
    path("vurderinger/<slug:slug>/<int:key>/<int:code>/", ratings.open_form, name="rating-open"),
    path("kartlegginger/<slug:slug>/<int:key>/samtykke/liste/", consent_list.consent_list, name="consent-list"),
    path("kartlegginger/<slug:slug>/<int:key>/slett/", erasing.erase, name="erase"),
    path("oppsett/", setup.wave_list, name="wave-list"),
    path("oppsett/ny/", setup.wave_new, name="wave-new"),
    path("oppsett/<slug:slug>/", setup.wave_detail, name="wave-detail"),
    path("oppsett/<slug:slug>/rediger/", setup.wave_edit, name="wave-edit"),
    path("oppsett/<slug:slug>/skjemaer/", setup.wave_forms, name="wave-forms"),
    path("oppsett/<slug:slug>/deltakere/", setup.wave_units, name="wave-units"),
    path("oppsett/<slug:slug>/apne/", setup.wave_open, name="wave-open"),
    path("oppsett/<slug:slug>/utvid/", setup.wave_extend, name="wave-extend"),
    path("oppsett/<slug:slug>/steng/", setup.wave_close, name="wave-close"),
    path("oppsett/<slug:slug>/slett/", erasing.wave_erase, name="wave-erase"),
    path("sporsmal/<slug:slug>/", asked.asked, name="asked"),
    path("skjema/", questionnaires.questionnaire_list, name="questionnaire-list"),
    path("skjema/ny/", questionnaires.questionnaire_new, name="questionnaire-new"),
    path("skjema/<slug:key>/", questionnaires.questionnaire, name="questionnaire"),
    path("skjema/<slug:key>/kopier/", questionnaires.questionnaire_copy, name="questionnaire-copy"),
    path("skjema/<slug:key>/ny-utgave/", questionnaires.questionnaire_next, name="questionnaire-next"),
    path("skjema/<slug:key>/rediger/", questionnaires.questionnaire_edit, name="questionnaire-edit"),
    path("skjema/<slug:key>/vis/", preview.preview, name="preview"),
    path("skjema/<slug:key>/skala/ny/", editor.scale_edit, name="scale-new"),
    path("skjema/<slug:key>/skala/<int:scale>/", editor.scale_edit, name="scale-edit"),
    path("skjema/<slug:key>/skala/<int:scale>/slett/", editor.scale_delete, name="scale-delete"),
    path("skjema/<slug:key>/skala/<int:scale>/flytt/", editor.scale_move, name="scale-move"),
    path("skjema/<slug:key>/sporsmal/ny/", editor.item_edit, name="item-new"),
    path("skjema/<slug:key>/skala/<int:scale>/sporsmal/ny/", editor.item_edit, name="scale-item-new"),
    path("skjema/<slug:key>/sporsmal/<int:item>/", editor.item_edit, name="item-edit"),
    path("skjema/<slug:key>/sporsmal/<int:item>/slett/", editor.item_delete, name="item-delete"),
    path("skjema/<slug:key>/sporsmal/<int:item>/flytt/", editor.item_move, name="item-move"),
]
