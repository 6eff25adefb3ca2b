# As Django wrote it: half as long as in the house layout, and nobody edits it.
# fmt: off

import django.core.validators
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import kfl.core.text


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name='Questionnaire',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True, verbose_name='kjennetegn')),
                ('informant', models.CharField(choices=[('pupil_1_4', 'elever på 1.–4. trinn'), ('pupil_5_10', 'elever på 5.–10. trinn'), ('teacher', 'lærere'), ('leader', 'skoleledere'), ('parent', 'foreldre'), ('rater_teacher', 'kontaktlærer om eleven'), ('child', 'barn i barnehagen'), ('rater_kindergarten', 'pedagogisk leder om barnet'), ('kindergarten_parent', 'foreldre i barnehagen'), ('kindergarten_staff', 'ansatte i barnehagen'), ('kindergarten_head', 'styrere i barnehagen')], max_length=20, verbose_name='hvem svarer')),
                ('title', kfl.core.text.TranslatedTextField(default=kfl.core.text.TranslatedText, verbose_name='tittel')),
            ],
            options={
                'ordering': ['key'],
            },
            managers=[
                ('plumbing', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='QuestionnaireVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(default=1, verbose_name='utgave')),
                ('intro', kfl.core.text.TranslatedTextField(default=kfl.core.text.TranslatedText, verbose_name='innledning')),
                ('frozen_at', models.DateTimeField(blank=True, null=True, verbose_name='fryst')),
                ('questionnaire', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='surveys.questionnaire')),
            ],
            options={
                'ordering': ['questionnaire', 'number'],
            },
            managers=[
                ('plumbing', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Scale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, verbose_name='kjennetegn')),
                ('name', kfl.core.text.TranslatedTextField(default=kfl.core.text.TranslatedText, verbose_name='navn')),
                ('description', kfl.core.text.TranslatedTextField(default=kfl.core.text.TranslatedText, verbose_name='hva skalaen måler')),
                ('heading', kfl.core.text.TranslatedTextField(default=kfl.core.text.TranslatedText, verbose_name='overskrift for den som svarer')),
                ('favourable', models.CharField(choices=[('high', 'høyt er bra'), ('low', 'lavt er bra')], default='high', max_length=4, verbose_name='retning')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('digest', models.CharField(blank=True, editable=False, max_length=64)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scales', to='surveys.questionnaireversion')),
            ],
            options={
                'ordering': ['version', 'position', 'pk'],
            },
            managers=[
                ('plumbing', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, verbose_name='kjennetegn')),
                ('text', kfl.core.text.TranslatedTextField(default=kfl.core.text.TranslatedText, verbose_name='tekst')),
                ('format', models.CharField(choices=[('agree4', 'enig, 4 trinn'), ('agree5', 'enig, 5 trinn'), ('frequency4', 'hvor ofte, 4 trinn'), ('frequency5', 'hvor ofte, 5 trinn'), ('faces3', 'tre ansikter'), ('single', 'velg ett svar'), ('multiple', 'velg flere svar'), ('number', 'et tall'), ('text', 'fritekst')], default='agree4', max_length=12, verbose_name='svarform')),
                ('options', models.JSONField(blank=True, default=list, verbose_name='svaralternativer')),
                ('reversed', models.BooleanField(default=False, verbose_name='snudd')),
                ('sensitive', models.BooleanField(default=False, verbose_name='sensitivt')),
                ('counts_from_code', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='teller fra svar nummer')),
                ('low', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minste tall')),
                ('high', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='største tall')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='surveys.questionnaireversion')),
                ('scale', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='surveys.scale')),
            ],
            options={
                'ordering': ['version', 'scale__position', 'position', 'pk'],
            },
            managers=[
                ('plumbing', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Wave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(max_length=60, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]*\\Z')], verbose_name='kjennetegn')),
                ('name', models.CharField(max_length=120, verbose_name='navn')),
                ('series', models.SlugField(max_length=60, verbose_name='serie')),
                ('state', models.CharField(choices=[('draft', 'utkast'), ('open', 'åpen'), ('closed', 'stengt'), ('released', 'resultatene er klare')], default='draft', max_length=10, verbose_name='tilstand')),
                ('opens_at', models.DateTimeField(verbose_name='åpner')),
                ('closes_at', models.DateTimeField(verbose_name='stenger')),
                ('consent_mode', models.CharField(choices=[('passive', 'passivt: alle er med, bortsett fra dem som er reservert'), ('active', 'aktivt: bare de som har samtykke, er med')], default='passive', max_length=8, verbose_name='samtykke')),
                ('collection', models.CharField(choices=[('codes', 'med koder i portalen'), ('import', 'fra en fil')], default='codes', max_length=8, verbose_name='innsamling')),
                ('k', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MinValueValidator(7)], verbose_name='minste gruppe')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='åpnet')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='stengt')),
                ('released_at', models.DateTimeField(blank=True, null=True, verbose_name='frigitt')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waves', to='people.unit', verbose_name='fylke')),
            ],
            options={
                'ordering': ['-opens_at', 'slug'],
            },
            managers=[
                ('plumbing', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('not_informed', 'ikke informert'), ('informed', 'informert'), ('may_take_part', 'kan delta'), ('reserved', 'reservert')], max_length=13, verbose_name='samtykke')),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='people.pupil')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='surveys.wave')),
            ],
            managers=[
                ('plumbing', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='WaveForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('informant', models.CharField(choices=[('pupil_1_4', 'elever på 1.–4. trinn'), ('pupil_5_10', 'elever på 5.–10. trinn'), ('teacher', 'lærere'), ('leader', 'skoleledere'), ('parent', 'foreldre'), ('rater_teacher', 'kontaktlærer om eleven'), ('child', 'barn i barnehagen'), ('rater_kindergarten', 'pedagogisk leder om barnet'), ('kindergarten_parent', 'foreldre i barnehagen'), ('kindergarten_staff', 'ansatte i barnehagen'), ('kindergarten_head', 'styrere i barnehagen')], max_length=20, verbose_name='hvem svarer')),
                ('number', models.PositiveSmallIntegerField()),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wave_forms', to='surveys.questionnaireversion')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='forms', to='surveys.wave')),
            ],
            options={
                'ordering': ['wave', 'number'],
            },
            managers=[
                ('plumbing', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='WaveNode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('county', 'fylke'), ('region', 'region'), ('municipality', 'kommune'), ('school', 'skole'), ('kindergarten', 'barnehage'), ('grade', 'trinn'), ('group', 'klasse'), ('department', 'avdeling')], max_length=12, verbose_name='nivå')),
                ('grade', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='trinn')),
                ('name', models.CharField(max_length=120, verbose_name='navn')),
                ('code', models.CharField(max_length=60, verbose_name='kode')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='surveys.wavenode')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.unit')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='nodes', to='surveys.wave')),
            ],
            options={
                'ordering': ['wave', 'number'],
            },
            managers=[
                ('plumbing', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Invited',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('count', models.PositiveIntegerField(verbose_name='inviterte')),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invited', to='surveys.waveform')),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invited', to='surveys.wavenode')),
            ],
            managers=[
                ('plumbing', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Code',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=160, verbose_name='til')),
                ('sealed', models.BinaryField()),
                ('pupil', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='people.pupil')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='surveys.wave')),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='surveys.waveform')),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='surveys.wavenode')),
            ],
            options={
                'ordering': ['label', 'pk'],
            },
            managers=[
                ('plumbing', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='WaveUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.unit')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='units', to='surveys.wave')),
            ],
            managers=[
                ('plumbing', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name='questionnaireversion',
            constraint=models.UniqueConstraint(fields=('questionnaire', 'number'), name='version_number_once'),
        ),
        migrations.AddConstraint(
            model_name='scale',
            constraint=models.UniqueConstraint(fields=('version', 'key'), name='scale_key_once_a_version'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(fields=('version', 'key'), name='item_key_once_a_version'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('sensitive', False), ('counts_from_code__isnull', False), _connector='OR'), name='sensitive_item_says_what_counts'),
        ),
        migrations.AddConstraint(
            model_name='wave',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='wave_closes_after_it_opens'),
        ),
        migrations.AddConstraint(
            model_name='wave',
            constraint=models.CheckConstraint(condition=models.Q(('k__gte', 7)), name='wave_k_never_under_seven'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(fields=('wave', 'pupil'), name='consent_once_a_wave'),
        ),
        migrations.AddConstraint(
            model_name='waveform',
            constraint=models.UniqueConstraint(fields=('wave', 'informant'), name='one_form_an_informant'),
        ),
        migrations.AddConstraint(
            model_name='wavenode',
            constraint=models.UniqueConstraint(fields=('wave', 'number'), name='node_number_once_a_wave'),
        ),
        migrations.AddConstraint(
            model_name='invited',
            constraint=models.UniqueConstraint(fields=('node', 'form'), name='invited_once_a_node_and_form'),
        ),
        migrations.AddConstraint(
            model_name='waveunit',
            constraint=models.UniqueConstraint(fields=('wave', 'unit'), name='unit_once_a_wave'),
        ),
    ]
