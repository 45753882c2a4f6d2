import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models

from overread.triggers import Immutable, Lift


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0003_images_keep_their_patient'),
        ('inference', '0002_immutable'),
        ('labeling', '0004_flow_of_a_case'),
        ('projects', '0003_urgent_findings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Lift('labeling_read'),
        migrations.CreateModel(
            name='FindingProposal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('note', models.CharField(blank=True, help_text='What was seen.', max_length=1000)),
                ('kind', models.CharField(choices=[('binary', 'Binary'), ('categorical', 'Categorical'), ('measurement', 'Measurement')], default='binary', max_length=12)),
                ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('declined', 'Declined')], default='open', max_length=8)),
                ('reason', models.CharField(blank=True, help_text='Why it was declined.', max_length=200)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AddField(
            model_name='read',
            name='confidence',
            field=models.CharField(blank=True, choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], help_text='Of the read as a whole, where it was given.', max_length=6),
        ),
        migrations.AddConstraint(
            model_name='read',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__in', ['', 'low', 'medium', 'high'])), name='read_confidence_known'),
        ),
        migrations.AddField(
            model_name='findingproposal',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='findingproposal',
            name='finding',
            field=models.ForeignKey(help_text='What became of it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.finding'),
        ),
        migrations.AddField(
            model_name='findingproposal',
            name='image',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='archive.image'),
        ),
        migrations.AddField(
            model_name='findingproposal',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='projects.project'),
        ),
        migrations.AddField(
            model_name='findingproposal',
            name='reader',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='findingproposal',
            index=models.Index(fields=['project', 'state'], name='labeling_fi_project_c2584d_idx'),
        ),
        migrations.AddIndex(
            model_name='findingproposal',
            index=models.Index(fields=['-at', 'id'], name='labeling_fi_at_8d9572_idx'),
        ),
        migrations.AddConstraint(
            model_name='findingproposal',
            constraint=models.UniqueConstraint(models.F('project'), models.F('image'), models.F('reader'), django.db.models.functions.text.Lower('name'), name='proposal_once_per_image_and_reader'),
        ),
        migrations.AddConstraint(
            model_name='findingproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'open')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['accepted', 'declined'])), _connector='OR'), name='proposal_decided_by_somebody'),
        ),
        Immutable('labeling_read'),
    ]
