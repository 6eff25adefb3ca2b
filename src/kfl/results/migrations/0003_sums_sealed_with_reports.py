from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("results", "0002_technical_reports"),
    ]

    operations = [
        migrations.AddField(
            model_name="technicalreport",
            name="sums",
            field=models.BinaryField(default=b""),
            preserve_default=False,
        ),
    ]
