"""Addresses of the surveys room."""

from django.urls import path

from .codes import views as codes
from .consent.views import pupils, uploaded_list
from .counts import views as follow
from .erasures import views as erasing
from .letters import views as letters
from .paper import views as paper
from .ratings import views as ratings
from .reminders.views import links, rounds
from .waves.views import asked, extending, help_text, rehearsals, setup

app_name = "surveys"

urlpatterns = [
    path("kartlegginger/", follow.followed, name="followed"),
    path("kartlegginger/<slug:slug>/<int:key>/", follow.response, name="response"),
    path("kartlegginger/<slug:slug>/<int:key>/koder/", codes.codes, name="codes"),
    path("kartlegginger/<slug:slug>/<int:key>/koder/<slug:informant>.pdf", codes.sheet, name="code-sheet"),
    path("kartlegginger/<slug:slug>/<int:key>/mistet-kode/", codes.lost, name="lost-code"),
    path("kartlegginger/<slug:slug>/<int:key>/ny-lapp/<int:code>/", codes.slip, name="slip"),
    path("kartlegginger/<slug:slug>/<int:key>/ny-lapp/<int:code>.pdf", codes.slip_pdf, name="slip-pdf"),
    path("kartlegginger/<slug:slug>/<int:key>/samtykke/", pupils.consent, name="consent"),
    path("kartlegginger/<slug:slug>/<int:key>/samtykke/sporsmal/", pupils.ask, name="consent-ask"),
    path("vurderinger/", ratings.own, name="ratings"),
    path("vurderinger/<slug:slug>/<int:key>/", ratings.one_list, name="rating-list"),
    path("vurderinger/<slug:slug>/<int:key>/<int:code>/", ratings.open_form, name="rating-open"),
    path("kartlegginger/<slug:slug>/<int:key>/samtykke/liste/", uploaded_list.consent_list, name="consent-list"),
    path("kartlegginger/<slug:slug>/<int:key>/papir/", paper.papers, name="paper"),
    path("kartlegginger/<slug:slug>/<int:key>/papir/<slug:informant>.pdf", paper.paper_form, name="paper-form"),
    path("kartlegginger/<slug:slug>/<int:key>/papir/<slug:informant>/", paper.enter, name="paper-enter"),
    path("kartlegginger/<slug:slug>/<int:key>/mer-tid/", extending.extend, name="extend-unit"),
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
    path("oppsett/<slug:slug>/annuller/", setup.wave_annul, name="wave-annul"),
    path("oppsett/<slug:slug>/slett/", erasing.wave_erase, name="wave-erase"),
    path("oppsett/<slug:slug>/lenker/", links.links, name="links"),
    path("min-lenke/", links.own_links, name="own-links"),
    path("oppsett/<slug:slug>/paminnelser/", rounds.reminders, name="reminders"),
    path("oppsett/<slug:slug>/paminnelser/regler/", rounds.rules, name="reminder-rules"),
    path("paminnelser/<str:token>/", rounds.out, name="reminders-out"),
    path("kartlegginger/<slug:slug>/<int:key>/brev.pdf", letters.letter_pdf, name="letter-pdf"),
    path("oppsett/<slug:slug>/generalprove/", rehearsals.rehearse, name="rehearse"),
    path("oppsett/<slug:slug>/brev/", letters.wave_letter, name="wave-letter"),
    path("oppsett/<slug:slug>/hjelp/", help_text.wave_help, name="wave-help"),
    path("brev/<slug:slug>/", letters.letter, name="letter"),
    path("sporsmal/<slug:slug>/", asked.asked, name="asked"),
]
