"""Sounds and pictures of questions are stored files, which are found by the type of their field."""

from django.db import migrations

import kfl.core.files.fields


class Migration(migrations.Migration):
    dependencies = [("questionnaires", "0001_questionnaires")]

    operations = [
        migrations.AlterField(
            model_name="item",
            name="picture",
            field=kfl.core.files.fields.StoredFileField(blank=True, default="", max_length=64, verbose_name="bilde"),
        ),
        migrations.AlterField(
            model_name="item",
            name="sound",
            field=kfl.core.files.fields.StoredFilesField(blank=True, default=dict, verbose_name="lyd"),
        ),
    ]
