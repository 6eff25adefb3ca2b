"""An enrolment that ended before it began has not been; no more of them can be written."""

from django.db import migrations, models
from django.db.models import F, Q


def remove_what_has_not_been(apps, schema_editor):
    apps.get_model("people", "Enrolment")._default_manager.filter(to_on__lt=F("from_on")).delete()


class Migration(migrations.Migration):
    dependencies = [("people", "0002_pupil_source_key")]

    operations = [
        migrations.RunPython(remove_what_has_not_been, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="enrolment_ends_after_it_begins"
            ),
        ),
    ]
