import overread.projects.snippets
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='finding',
            name='added_at',
            field=models.DateTimeField(blank=True, help_text='When it joined a project that was being read; empty for those from the start.', null=True),
        ),
        migrations.AddField(
            model_name='project',
            name='snippets',
            field=models.JSONField(blank=True, default=list, help_text='Ready-made sentences that readers may put into a comment.', validators=[overread.projects.snippets.snippets_check]),
        ),
    ]
