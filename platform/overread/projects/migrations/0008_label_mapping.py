from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0007_contradictions'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='label_mapping',
            field=models.JSONField(blank=True, default=dict, help_text='Name in a data set → slug of the finding that it means; empty: left out.'),
        ),
    ]
