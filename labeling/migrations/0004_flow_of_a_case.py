import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from overread.triggers import Immutable, Lift


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0003_images_keep_their_patient'),
        ('labeling', '0003_regions_have_a_frame'),
        ('projects', '0003_urgent_findings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='assignment',
            name='assignment_held_once_per_reader',
        ),
        migrations.RemoveConstraint(
            model_name='assignment',
            name='assignment_held_has_reader_and_lease',
        ),
        migrations.RemoveIndex(
            model_name='assignment',
            name='labeling_as_project_817acb_idx',
        ),
        migrations.AddField(
            model_name='assignment',
            name='amending',
            field=models.CharField(blank=True, help_text='Why its reader has opened a stored answer again; goes into the next read.', max_length=500),
        ),
        migrations.AddField(
            model_name='assignment',
            name='for_role',
            field=models.CharField(blank=True, choices=[('reader', 'Reader'), ('annotator', 'Annotator'), ('adjudicator', 'Adjudicator'), ('ml_engineer', 'ML engineer'), ('administrator', 'Administrator')], help_text='Empty: for any reader.', max_length=14),
        ),
        migrations.AddField(
            model_name='assignment',
            name='priority',
            field=models.PositiveSmallIntegerField(choices=[(0, 'sent by a colleague'), (1, 'suspected urgent'), (2, 'Ordinary')], default=2),
        ),
        migrations.AddField(
            model_name='assignment',
            name='sent_as',
            field=models.CharField(blank=True, choices=[('escalation', 'escalated'), ('opinion', 'second opinion')], max_length=10),
        ),
        migrations.AddField(
            model_name='assignment',
            name='sent_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assignment',
            name='sent_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sent', to='labeling.assignment'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='sent_reason',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='assignment',
            name='suspected',
            field=models.CharField(blank=True, help_text='Urgent findings above threshold; empty where that must order nothing.', max_length=200),
        ),
        migrations.AddField(
            model_name='assignment',
            name='worked_at',
            field=models.DateTimeField(help_text='When its reader last had it in view.', null=True),
        ),
        Lift('labeling_read'),
        migrations.AddField(
            model_name='read',
            name='reason',
            field=models.TextField(blank=True, help_text='Why it amends the read it supersedes, where that was asked.'),
        ),
        Immutable('labeling_read'),
        migrations.AlterField(
            model_name='assignment',
            name='rank',
            field=models.FloatField(help_text='Order in the queue within its priority, lowest first.'),
        ),
        migrations.AlterField(
            model_name='assignment',
            name='state',
            field=models.CharField(choices=[('queued', 'Queued'), ('claimed', 'Claimed'), ('revealed', 'first read stored, model revealed'), ('done', 'Done'), ('skipped', 'Skipped'), ('withdrawn', 'Withdrawn'), ('deferred', 'put aside by its reader, and theirs until the lease ends'), ('escalated', 'sent on to another role, as an assignment of its own')], default='queued', max_length=9),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['project', 'state', 'priority', 'rank', 'created_at', 'id'], name='assignment_queue_order'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['claimed', 'revealed', 'deferred'])), fields=('project', 'image', 'reader'), name='assignment_held_once_per_reader'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['claimed', 'revealed', 'deferred']), _negated=True), models.Q(('lease_until__isnull', False), ('reader__isnull', False)), _connector='OR'), name='assignment_held_has_reader_and_lease'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_as', ''), ('sent_by', None), ('sent_from', None)), models.Q(('sent_as__in', ['escalation', 'opinion']), ('sent_by__isnull', False), ('sent_from__isnull', False)), _connector='OR'), name='assignment_sent_by_somebody'),
        ),
    ]
