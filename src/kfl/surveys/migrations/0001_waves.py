import django.core.validators
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

import kfl.core.text


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_units_people_and_roles"),
        ("questionnaires", "0001_questionnaires"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="KnownLinkKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(max_length=16, verbose_name="fingeravtrykk")),
                ("first_used_on", models.DateField(verbose_name="først brukt")),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_link_key")],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Wave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slug",
                    models.CharField(
                        max_length=60,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^[a-z0-9][a-z0-9_-]*\\Z")],
                        verbose_name="kjennetegn",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="navn")),
                ("series", models.SlugField(max_length=60, verbose_name="serie")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "utkast"),
                            ("open", "åpen"),
                            ("closed", "stengt"),
                            ("released", "resultatene er klare"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="tilstand",
                    ),
                ),
                ("opens_at", models.DateTimeField(verbose_name="åpner")),
                ("closes_at", models.DateTimeField(verbose_name="stenger")),
                (
                    "consent_mode",
                    models.CharField(
                        choices=[
                            ("passive", "passivt: alle er med, bortsett fra dem som er reservert"),
                            ("active", "aktivt: bare de som har samtykke, er med"),
                        ],
                        default="passive",
                        max_length=8,
                        verbose_name="samtykke",
                    ),
                ),
                (
                    "collection",
                    models.CharField(
                        choices=[("codes", "med koder i portalen"), ("import", "fra en fil")],
                        default="codes",
                        max_length=8,
                        verbose_name="innsamling",
                    ),
                ),
                (
                    "k",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[django.core.validators.MinValueValidator(7)],
                        verbose_name="minste gruppe",
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="åpnet")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="stengt")),
                ("released_at", models.DateTimeField(blank=True, null=True, verbose_name="frigitt")),
                (
                    "close_within_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="stenger seg selv, dager etter at tiden er ute",
                    ),
                ),
                (
                    "help",
                    kfl.core.text.TranslatedTextField(
                        blank=True, default=kfl.core.text.TranslatedText, verbose_name="hjelp til barn og elever"
                    ),
                ),
                (
                    "help_adults",
                    kfl.core.text.TranslatedTextField(
                        blank=True, default=kfl.core.text.TranslatedText, verbose_name="hjelp til voksne"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waves",
                        to="people.unit",
                        verbose_name="fylke",
                    ),
                ),
            ],
            options={
                "ordering": ["-opens_at", "slug"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ReminderRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_hour",
                    models.PositiveSmallIntegerField(
                        default=7, validators=[django.core.validators.MaxValueValidator(23)], verbose_name="fra klokka"
                    ),
                ),
                (
                    "to_hour",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(24),
                        ],
                        verbose_name="til klokka",
                    ),
                ),
                ("on_holidays", models.BooleanField(default=False, verbose_name="også søndager og helligdager")),
                (
                    "most",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="høyst så mange runder",
                    ),
                ),
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reminder_rules", to="surveys.wave"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("reminder", "påminnelse"), ("links", "lenker"), ("anew", "lenke på nytt")],
                        default="reminder",
                        max_length=8,
                        verbose_name="hva",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="runde")),
                ("portal", models.URLField(verbose_name="portalens adresse")),
                ("ordered_at", models.DateTimeField(verbose_name="bestilt")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="ferdig")),
                ("accepted", models.PositiveIntegerField(default=0, verbose_name="tatt imot av e-posttjeneren")),
                ("refused", models.PositiveIntegerField(default=0, verbose_name="avvist")),
                ("given_up", models.PositiveIntegerField(default=0, verbose_name="ikke sendt")),
                ("unsure", models.PositiveIntegerField(default=0, verbose_name="uvisst")),
                ("opted_out", models.PositiveIntegerField(default=0, verbose_name="vil ikke ha")),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reminders", to="surveys.wave"
                    ),
                ),
            ],
            options={
                "ordering": ["wave", "number"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Rehearsal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("answered", models.PositiveIntegerField(blank=True, null=True, verbose_name="har svart")),
                ("replies", models.PositiveIntegerField(blank=True, null=True, verbose_name="svar fra tjeneren")),
                ("most_at_once", models.PositiveIntegerField(blank=True, null=True, verbose_name="flest på én gang")),
                ("refused", models.PositiveIntegerField(blank=True, null=True, verbose_name="bedt om å vente")),
                ("slowest_ms", models.PositiveIntegerField(blank=True, null=True, verbose_name="tregeste svar, ms")),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rehearsals",
                        to="surveys.wave",
                        verbose_name="øver til",
                    ),
                ),
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rehearsal", to="surveys.wave"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Namesake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_same", models.BooleanField()),
                (
                    "other",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.pupil"),
                ),
                (
                    "pupil",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.pupil"),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="namesakes", to="surveys.wave"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="LetterFacts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("controller", models.CharField(blank=True, max_length=200, verbose_name="behandlingsansvarlig")),
                ("contact", models.CharField(blank=True, max_length=200, verbose_name="kontakt")),
                ("answers_until", models.DateField(blank=True, null=True, verbose_name="svarene slettes")),
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="letter_facts", to="surveys.wave"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ImportedConsents",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField(db_index=True)),
                ("changes", models.JSONField(default=list)),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.unit"),
                ),
                (
                    "wave",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="surveys.wave"),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("closes_at", models.DateTimeField(verbose_name="stenger")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="enhet",
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="extensions", to="surveys.wave"
                    ),
                ),
            ],
            options={
                "ordering": ["wave", "unit__name"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_on", models.DateField(verbose_name="bedt om")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="gjort")),
                (
                    "pupil",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.pupil",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="klasse",
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="erasure_requests", to="surveys.wave"
                    ),
                ),
            ],
            options={
                "ordering": ["asked_on", "pk"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="BroughtUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="brought_by", to="people.unit"
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="brought_units",
                        to="surveys.wave",
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="WaveForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "informant",
                    models.CharField(
                        choices=[
                            ("pupil_1_4", "elever på 1.–4. trinn"),
                            ("pupil_5_10", "elever på 5.–10. trinn"),
                            ("teacher", "lærere"),
                            ("leader", "skoleledere"),
                            ("parent", "foreldre"),
                            ("rater_teacher", "kontaktlærer om eleven"),
                            ("child", "barn i barnehagen"),
                            ("rater_kindergarten", "pedagogisk leder om barnet"),
                            ("kindergarten_parent", "foreldre i barnehagen"),
                            ("kindergarten_staff", "ansatte i barnehagen"),
                            ("kindergarten_head", "styrere i barnehagen"),
                        ],
                        max_length=20,
                        verbose_name="hvem svarer",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wave_forms",
                        to="questionnaires.questionnaireversion",
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="forms", to="surveys.wave"
                    ),
                ),
            ],
            options={
                "ordering": ["wave", "number"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="WaveNode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("county", "fylke"),
                            ("region", "region"),
                            ("municipality", "kommune"),
                            ("school", "skole"),
                            ("kindergarten", "barnehage"),
                            ("grade", "trinn"),
                            ("group", "klasse"),
                            ("department", "avdeling"),
                        ],
                        max_length=12,
                        verbose_name="nivå",
                    ),
                ),
                ("grade", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="trinn")),
                ("name", models.CharField(max_length=120, verbose_name="navn")),
                ("code", models.CharField(max_length=60, verbose_name="kode")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="children",
                        to="surveys.wavenode",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="nodes", to="surveys.wave"
                    ),
                ),
            ],
            options={
                "ordering": ["wave", "number"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Invited",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("count", models.PositiveIntegerField(verbose_name="inviterte")),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="invited", to="surveys.waveform"
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="invited", to="surveys.wavenode"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="FollowedNode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("invited", models.PositiveIntegerField()),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="followed", to="surveys.waveform"
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="followed", to="surveys.wavenode"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("not_informed", "ikke informert"),
                            ("informed", "informert"),
                            ("may_take_part", "kan delta"),
                            ("reserved", "reservert"),
                        ],
                        max_length=13,
                        verbose_name="samtykke",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="people.pupil"
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="surveys.wave"
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="surveys.wavenode",
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed", models.BinaryField()),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "parents_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.pupil",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="codes",
                        to="people.pupil",
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="codes", to="surveys.wave"
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="codes", to="surveys.waveform"
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="codes", to="surveys.wavenode"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="WaveUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="units", to="surveys.wave"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="NightlyCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField()),
                ("told", models.PositiveIntegerField()),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="nights", to="surveys.followednode"
                    ),
                ),
            ],
            options={
                "ordering": ["place", "taken_at"],
                "constraints": [models.UniqueConstraint(fields=("place", "taken_at"), name="one_count_a_night")],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes_at__gt", models.F("opens_at"))), name="wave_closes_after_it_opens"
            ),
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(condition=models.Q(("k__gte", 7)), name="wave_k_never_under_seven"),
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                condition=models.Q(("close_within_days__range", (1, 60))), name="wave_closes_itself_in_the_end"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderrules",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_hour__gt", models.F("from_hour"))), name="reminders_have_an_hour_to_go_in"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("wave", "kind", "number"), name="round_number_once_a_wave_and_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="namesake",
            constraint=models.UniqueConstraint(fields=("wave", "pupil", "other"), name="one_answer_of_two_namesakes"),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.UniqueConstraint(fields=("wave", "unit"), name="one_extension_a_unit"),
        ),
        migrations.AddConstraint(
            model_name="erasurerequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("pupil__isnull", False)),
                fields=("wave", "pupil"),
                name="one_erasure_waits_for_a_pupil",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasurerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_on__isnull", True), ("pupil__isnull", False)),
                    models.Q(("done_on__isnull", False), ("pupil__isnull", True)),
                    _connector="OR",
                ),
                name="an_erasure_that_is_done_names_nobody",
            ),
        ),
        migrations.AddConstraint(
            model_name="broughtunit",
            constraint=models.UniqueConstraint(fields=("unit",), name="unit_brought_once"),
        ),
        migrations.AddConstraint(
            model_name="waveform",
            constraint=models.UniqueConstraint(fields=("wave", "informant"), name="one_form_an_informant"),
        ),
        migrations.AddConstraint(
            model_name="wavenode",
            constraint=models.UniqueConstraint(fields=("wave", "number"), name="node_number_once_a_wave"),
        ),
        migrations.AddConstraint(
            model_name="invited",
            constraint=models.UniqueConstraint(fields=("node", "form"), name="invited_once_a_node_and_form"),
        ),
        migrations.AddConstraint(
            model_name="followednode",
            constraint=models.UniqueConstraint(fields=("node", "form"), name="followed_once_a_node_and_form"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(fields=("wave", "pupil"), name="consent_once_a_wave"),
        ),
        migrations.AddConstraint(
            model_name="waveunit",
            constraint=models.UniqueConstraint(fields=("wave", "unit"), name="unit_once_a_wave"),
        ),
    ]
