"""Rounds of mail lie in the portal's one outbox (`core.mail`), and so does who wants none of them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_waves"), ("core", "0002_outbox")]

    operations = [migrations.DeleteModel(name="ReminderMail"), migrations.DeleteModel(name="ReminderOptOut")]
