"""The address by which lists know an account, beside the one where its mail goes.

Until now whoever was signed in could write any address, unproved. Where a username is an address, it is the list's:
there mail goes again, and what the sign-in library kept of unproved addresses is forgotten.
"""

from typing import Any

from django.db import migrations, models


def back_to_the_list(apps: Any, schema_editor: Any) -> None:
    """Give each account its list's address, and its mail back to it where that was changed without proof."""
    user_model = apps.get_model("people", "User")
    changed = []
    for user in user_model.objects.all():
        address = user.username if "@" in user.username else user.email
        user.listed_as = address.strip().casefold()
        changed.append(user)
    user_model.objects.bulk_update(changed, ["listed_as"], batch_size=500)
    moved = [user for user in changed if user.email.strip().casefold() != user.listed_as]
    user_model.objects.filter(pk__in=[user.pk for user in moved]).update(email="")  # two may have exchanged theirs
    for user in changed:
        user.email = user.listed_as
    user_model.objects.bulk_update(changed, ["email"], batch_size=500)
    apps.get_model("account", "EmailAddress").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_enrolments_end_after_they_begin"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="listed_as",
            field=models.EmailField(
                blank=True, default="", editable=False, max_length=254, verbose_name="adressen på lista"
            ),
        ),
        migrations.RunPython(back_to_the_list, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(("listed_as", ""), _negated=True),
                fields=("listed_as",),
                name="one_account_per_listed_address",
            ),
        ),
    ]
