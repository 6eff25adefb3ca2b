import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import kfl.core.files.fields
import kfl.core.text


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Questionnaire",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=60, unique=True, verbose_name="kjennetegn")),
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
                (
                    "title",
                    kfl.core.text.TranslatedTextField(default=kfl.core.text.TranslatedText, verbose_name="tittel"),
                ),
            ],
            options={
                "ordering": ["key"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="QuestionnaireVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(default=1, verbose_name="utgave")),
                (
                    "intro",
                    kfl.core.text.TranslatedTextField(default=kfl.core.text.TranslatedText, verbose_name="innledning"),
                ),
                ("frozen_at", models.DateTimeField(blank=True, null=True, verbose_name="fryst")),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="questionnaires.questionnaire",
                    ),
                ),
            ],
            options={
                "ordering": ["questionnaire", "number"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Scale",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=60, verbose_name="kjennetegn")),
                ("name", kfl.core.text.TranslatedTextField(default=kfl.core.text.TranslatedText, verbose_name="navn")),
                (
                    "description",
                    kfl.core.text.TranslatedTextField(
                        default=kfl.core.text.TranslatedText, verbose_name="hva skalaen måler"
                    ),
                ),
                (
                    "heading",
                    kfl.core.text.TranslatedTextField(
                        default=kfl.core.text.TranslatedText, verbose_name="overskrift for den som svarer"
                    ),
                ),
                (
                    "favourable",
                    models.CharField(
                        choices=[("high", "høyt er bra"), ("low", "lavt er bra")],
                        default="high",
                        max_length=4,
                        verbose_name="retning",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("digest", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scales",
                        to="questionnaires.questionnaireversion",
                    ),
                ),
            ],
            options={
                "ordering": ["version", "position", "pk"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=60, verbose_name="kjennetegn")),
                ("text", kfl.core.text.TranslatedTextField(default=kfl.core.text.TranslatedText, verbose_name="tekst")),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("agree4", "enig, 4 trinn"),
                            ("agree5", "enig, 5 trinn"),
                            ("frequency4", "hvor ofte, 4 trinn"),
                            ("frequency5", "hvor ofte, 5 trinn"),
                            ("faces3", "tre ansikter"),
                            ("single", "velg ett svar"),
                            ("multiple", "velg flere svar"),
                            ("number", "et tall"),
                            ("text", "fritekst"),
                        ],
                        default="agree4",
                        max_length=12,
                        verbose_name="svarform",
                    ),
                ),
                ("options", models.JSONField(blank=True, default=list, verbose_name="svaralternativer")),
                ("reversed", models.BooleanField(default=False, verbose_name="snudd")),
                ("sensitive", models.BooleanField(default=False, verbose_name="sensitivt")),
                (
                    "counts_from_code",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="teller fra svar nummer"),
                ),
                ("low", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minste tall")),
                ("high", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="største tall")),
                ("sound", kfl.core.files.fields.StoredFilesField(blank=True, default=dict, verbose_name="lyd")),
                (
                    "picture",
                    kfl.core.files.fields.StoredFileField(blank=True, default="", max_length=64, verbose_name="bilde"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="questionnaires.questionnaireversion",
                    ),
                ),
                (
                    "scale",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="questionnaires.scale",
                    ),
                ),
            ],
            options={
                "ordering": ["version", "scale__position", "position", "pk"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="questionnaireversion",
            constraint=models.UniqueConstraint(fields=("questionnaire", "number"), name="version_number_once"),
        ),
        migrations.AddConstraint(
            model_name="scale",
            constraint=models.UniqueConstraint(fields=("version", "key"), name="scale_key_once_a_version"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("version", "key"), name="item_key_once_a_version"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("sensitive", False), ("counts_from_code__isnull", False), _connector="OR"),
                name="sensitive_item_says_what_counts",
            ),
        ),
    ]
