import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("results", "0001_releases"),
    ]

    operations = [
        migrations.CreateModel(
            name="TechnicalReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, verbose_name="fingeravtrykk")),
                ("created_at", models.DateTimeField(verbose_name="laget")),
                ("payload", models.BinaryField()),
                (
                    "release",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="technical_report",
                        to="results.release",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
    ]
