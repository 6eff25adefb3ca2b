from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("results", "0003_sums_sealed_with_reports"),
    ]

    operations = [
        migrations.AddField(
            model_name="release",
            name="erased_before",
            field=models.CharField(default="", max_length=64),
        ),
    ]
