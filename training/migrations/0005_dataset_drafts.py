import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0008_label_mapping'),
        ('training', '0004_exports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DatasetDraft',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(help_text='Of the folder or the zip.', max_length=200)),
                ('layout', models.CharField(max_length=20)),
                ('folder', models.CharField(blank=True, help_text='A folder that the operator allows, or in one.', max_length=500)),
                ('upload', models.CharField(blank=True, help_text='The name of the zip in the storage.', max_length=200)),
                ('options', models.JSONField(default=dict, help_text='How it is read.')),
                ('mapping', models.JSONField(default=dict, help_text='Name in the data set → finding; empty: left out.')),
                ('declaration', models.TextField(blank=True)),
                ('independent', models.BooleanField(default=False)),
                ('exposed', models.BooleanField(default=False)),
                ('replace', models.BooleanField(default=False, help_text='The newest counts where imports contradict.')),
                ('add_findings', models.BooleanField(default=False, help_text='Names that are no finding become one.')),
                ('state', models.CharField(choices=[('looking', 'Being looked through'), ('ready', 'To be decided'), ('importing', 'Being imported'), ('done', 'Imported'), ('failed', 'Failed')], default='looking', max_length=10)),
                ('reason', models.TextField(blank=True, help_text='Why it failed.')),
                ('guess', models.JSONField(help_text="What the table's columns probably are.", null=True)),
                ('survey', models.JSONField(help_text='What an import would do.', null=True)),
                ('round', models.PositiveIntegerField(default=0, help_text='How often it was looked through or imported.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dataset', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='training.datasetimport')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dataset_drafts', to='projects.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', '-created_at'], name='training_da_project_58fdd8_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['looking', 'ready', 'importing', 'done', 'failed'])), name='dataset_draft_state_known')],
            },
        ),
    ]
