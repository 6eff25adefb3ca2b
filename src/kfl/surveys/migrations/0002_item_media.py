"""Recorded sound by language, and a picture, for each item."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_questionnaires_and_waves")]

    operations = [
        migrations.AddField(
            model_name="item", name="sound", field=models.JSONField(blank=True, default=dict, verbose_name="lyd")
        ),
        migrations.AddField(
            model_name="item",
            name="picture",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="bilde"),
        ),
    ]
