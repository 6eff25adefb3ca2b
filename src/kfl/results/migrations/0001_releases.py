import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("surveys", "0001_waves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(default=1, verbose_name="nummer")),
                (
                    "part",
                    models.CharField(
                        choices=[("a", "alt som ikke er sensitivt"), ("b", "de sensitive spørsmålene")],
                        default="a",
                        max_length=1,
                        verbose_name="del",
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="fingeravtrykk")),
                ("created_at", models.DateTimeField(verbose_name="laget")),
                ("thresholds", models.JSONField(verbose_name="terskler")),
                ("erased_before", models.CharField(default="", max_length=64)),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="surveys.wave",
                        verbose_name="kartlegging",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Reference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.SlugField(max_length=60)),
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
                    ),
                ),
                ("scale_digest", models.CharField(max_length=64)),
                ("mu", models.FloatField()),
                ("sigma", models.FloatField()),
                ("c", models.FloatField()),
                ("between_classes", models.FloatField()),
                ("between_grades", models.FloatField()),
                ("between_schools", models.FloatField()),
                ("between_municipalities", models.FloatField()),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="references", to="results.release"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ReleasedForm",
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
                    ),
                ),
                ("payload", models.BinaryField()),
                ("sums", models.BinaryField()),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="forms", to="results.release"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ReleasedPage",
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
                    ),
                ),
                ("payload", models.BinaryField()),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pages", to="results.releasedform"
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pages", to="surveys.wavenode"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pages", to="results.release"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(fields=("wave", "number", "part"), name="release_number_once_a_wave"),
        ),
        migrations.AddConstraint(
            model_name="reference",
            constraint=models.UniqueConstraint(
                fields=("series", "informant", "scale_digest"), name="reference_frozen_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="releasedform",
            constraint=models.UniqueConstraint(fields=("release", "informant"), name="form_texts_once_a_release"),
        ),
        migrations.AddConstraint(
            model_name="releasedpage",
            constraint=models.UniqueConstraint(fields=("node", "informant", "release"), name="page_once_a_release"),
        ),
    ]
