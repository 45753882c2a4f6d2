from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0002_snippets_and_added_findings'),
    ]

    operations = [
        migrations.AddField(
            model_name='finding',
            name='urgent',
            field=models.BooleanField(default=False, help_text='A case suspected of it goes first in the queue.'),
        ),
        migrations.AddField(
            model_name='project',
            name='urgent_orders_blind',
            field=models.BooleanField(default=False, help_text='Whether a suspected urgent finding moves a case that is read blind.'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('urgent', False), ('kind', 'binary'), _connector='OR'), name='finding_urgent_only_if_binary'),
        ),
    ]
