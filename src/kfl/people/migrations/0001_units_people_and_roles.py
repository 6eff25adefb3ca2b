import datetime
import uuid

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Circle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20, verbose_name="slag")),
                ("name", models.CharField(max_length=120, verbose_name="navn")),
                ("published_on", models.DateField(blank=True, null=True, verbose_name="vises for alle fra")),
            ],
            options={
                "ordering": ["name"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("name", models.CharField(max_length=120, verbose_name="navn")),
                ("language", models.CharField(default="nb", max_length=2, verbose_name="språk")),
                (
                    "listed_as",
                    models.EmailField(
                        blank=True, default="", editable=False, max_length=254, verbose_name="adressen på lista"
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="AuditLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, verbose_name="tid")),
                ("what", models.CharField(db_index=True, max_length=60, verbose_name="handling")),
                ("which", models.CharField(max_length=120, verbose_name="gjelder")),
                ("detail", models.JSONField(default=dict)),
                ("digest", models.CharField(editable=False, max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="AuditedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.CharField(max_length=60)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="people.auditline"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ImportedRoster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("name", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField(db_index=True)),
                ("changes", models.JSONField(default=list)),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(blank=True, default="", max_length=9, verbose_name="organisasjonsnummer")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number",),
                        name="one_organisation_per_number",
                    )
                ],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="OrganisationName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=160, verbose_name="navn")),
                ("from_on", models.DateField(default=datetime.date(1900, 1, 1), verbose_name="fra")),
                ("to_on", models.DateField(blank=True, null=True, verbose_name="til")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="names", to="people.organisation"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("called", models.CharField(blank=True, default="", max_length=120, verbose_name="navn")),
                ("from_on", models.DateField(verbose_name="fra")),
                ("to_on", models.DateField(blank=True, null=True, verbose_name="til")),
                (
                    "circle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seats", to="people.circle"
                    ),
                ),
                (
                    "deputy_for",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deputies",
                        to="people.seat",
                        verbose_name="vara for",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seats", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "represents",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="people.organisation",
                        verbose_name="representerer",
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("county", "fylke"),
                            ("region", "region"),
                            ("municipality", "kommune"),
                            ("school", "skole"),
                            ("kindergarten", "barnehage"),
                            ("group", "klasse"),
                            ("department", "avdeling"),
                        ],
                        max_length=12,
                        verbose_name="nivå",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="navn")),
                ("path", models.CharField(db_index=True, editable=False, max_length=100)),
                ("valid_from", models.DateField(default=datetime.date(2000, 1, 1), verbose_name="fra")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="til")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="people.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="RoleAssignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=20, verbose_name="rolle")),
                ("from_on", models.DateField(verbose_name="fra")),
                ("to_on", models.DateField(blank=True, null=True, verbose_name="til")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="role_assignments", to="people.unit"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Pupil",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="navn")),
                (
                    "gender",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "ikke oppgitt"), (1, "jente"), (2, "gutt")], default=0, verbose_name="kjønn"
                    ),
                ),
                ("birth_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="fødselsår")),
                ("household", models.PositiveIntegerField(blank=True, null=True, verbose_name="husstand")),
                ("source_key", models.CharField(blank=True, default="", max_length=60, verbose_name="elevnøkkel")),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grade", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="trinn")),
                ("from_on", models.DateField(verbose_name="fra")),
                ("to_on", models.DateField(blank=True, null=True, verbose_name="til")),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="enrolments", to="people.pupil"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrolments", to="people.unit"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name="circle",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="circles", to="people.unit"
            ),
        ),
        migrations.AddField(
            model_name="auditline",
            name="unit",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.unit"
            ),
        ),
        migrations.CreateModel(
            name="UnitCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "scheme",
                    models.CharField(
                        choices=[
                            ("fylkesnummer", "fylkesnummer"),
                            ("kommunenummer", "kommunenummer"),
                            ("organisasjonsnummer", "organisasjonsnummer"),
                            ("kfl", "eget kjennetegn"),
                        ],
                        max_length=20,
                    ),
                ),
                ("code", models.CharField(db_index=True, max_length=60)),
                ("valid_from", models.DateField(default=datetime.date(1900, 1, 1))),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="codes", to="people.unit"
                    ),
                ),
            ],
            managers=[
                ("plumbing", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(("email", ""), _negated=True), fields=("email",), name="one_account_per_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(("listed_as", ""), _negated=True),
                fields=("listed_as",),
                name="one_account_per_listed_address",
            ),
        ),
        migrations.AddIndex(
            model_name="auditedrow",
            index=models.Index(fields=["row", "line"], name="people_audi_row_856c8e_idx"),
        ),
        migrations.AddConstraint(
            model_name="organisationname",
            constraint=models.UniqueConstraint(
                condition=models.Q(("to_on__isnull", True)),
                fields=("organisation",),
                name="one_name_of_an_organisation_now",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisationname",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_on__isnull", True), ("to_on__gte", models.F("from_on")), _connector="OR"),
                name="name_ends_after_it_begins",
            ),
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(fields=["person", "from_on"], name="people_seat_person__4035f9_idx"),
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(fields=["circle", "from_on"], name="people_seat_circle__abf783_idx"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_on__isnull", True), ("to_on__gte", models.F("from_on")), _connector="OR"),
                name="seat_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="unit_ends_after_it_begins",
            ),
        ),
        migrations.AddIndex(
            model_name="roleassignment",
            index=models.Index(fields=["user", "from_on"], name="people_role_user_id_113571_idx"),
        ),
        migrations.AddIndex(
            model_name="roleassignment",
            index=models.Index(fields=["unit", "role"], name="people_role_unit_id_0a23bc_idx"),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_on__isnull", True), ("to_on__gte", models.F("from_on")), _connector="OR"),
                name="role_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="pupil",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_key", ""), _negated=True),
                fields=("source", "source_key"),
                name="one_pupil_per_key",
            ),
        ),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(fields=["group", "from_on"], name="people_enro_group_i_2e1ace_idx"),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_on__isnull", True), ("to_on__gte", models.F("from_on")), _connector="OR"),
                name="enrolment_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="circle",
            constraint=models.UniqueConstraint(fields=("unit", "name"), name="one_circle_of_a_name_at_a_unit"),
        ),
        migrations.AddConstraint(
            model_name="unitcode",
            constraint=models.UniqueConstraint(fields=("scheme", "code", "valid_from"), name="code_once_at_a_time"),
        ),
    ]
