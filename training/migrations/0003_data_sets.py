import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0009_indication'),
        ('training', '0002_immutable'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='datasetimport',
            name='counts',
            field=models.JSONField(default=dict, help_text='What became of its images, once it has gone through.'),
        ),
        migrations.AddField(
            model_name='datasetimport',
            name='finished_at',
            field=models.DateTimeField(help_text='When it last went through to its end.', null=True),
        ),
        migrations.AddField(
            model_name='datasetimport',
            name='imported_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='datasetimport',
            name='layout',
            field=models.CharField(default='table', max_length=20),
        ),
        migrations.AddField(
            model_name='datasetimport',
            name='options',
            field=models.JSONField(default=dict, help_text='How it is read: columns, separators, label mapping.'),
        ),
        migrations.AddField(
            model_name='datasetrow',
            name='file',
            field=models.CharField(blank=True, help_text='As the data set names it.', max_length=500),
        ),
        migrations.AddField(
            model_name='datasetrow',
            name='file_sha256',
            field=models.CharField(blank=True, help_text='Of the file as it came.', max_length=64),
        ),
        migrations.AddField(
            model_name='datasetrow',
            name='lines',
            field=models.JSONField(default=list, help_text='All lines about it, where there are several.'),
        ),
        migrations.AddField(
            model_name='datasetrow',
            name='split',
            field=models.CharField(blank=True, help_text="The data set's own: train, validation or test.", max_length=10),
        ),
        migrations.AlterField(
            model_name='datasetimport',
            name='sha256',
            field=models.CharField(help_text="Of the data set's tables and the way they are read.", max_length=64),
        ),
        migrations.AlterField(
            model_name='datasetrow',
            name='image',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dataset_rows', to='archive.image'),
        ),
        migrations.AlterField(
            model_name='datasetrow',
            name='number',
            field=models.PositiveIntegerField(help_text='The first line about it, the header being 1; in a data set without a table, its place.'),
        ),
    ]
