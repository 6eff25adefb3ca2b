"""One outbox for all mail, and who wants none on a topic. What waited in the one before is let go of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0001_jobs_and_mail")]

    operations = [
        migrations.DeleteModel(name="OutgoingMail"),
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60)),
                ("about", models.JSONField(default=dict)),
                ("to", models.EmailField(blank=True, max_length=254)),
                ("language", models.CharField(max_length=2)),
                ("key", models.CharField(blank=True, max_length=32)),
                ("batch", models.CharField(blank=True, max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "venter"),
                            ("sending", "sendes"),
                            ("accepted", "tatt imot"),
                            ("refused", "avvist"),
                            ("given_up", "ikke sendt"),
                            ("unsure", "uvisst"),
                            ("opted_out", "vil ikke ha"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("not_before", models.DateTimeField()),
                ("good_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "not_before"], name="core_outgoi_state_f92c4e_idx"),
                    models.Index(fields=["batch", "state"], name="core_outgoi_batch_8ba4b5_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True), fields=("key",), name="one_mail_for_a_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MailRefusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topic", models.CharField(max_length=60)),
                ("address_hash", models.CharField(max_length=32)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("topic", "address_hash"), name="one_no_to_a_topic")],
            },
        ),
    ]
