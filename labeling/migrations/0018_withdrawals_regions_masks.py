import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from overread.triggers import Immutable, Lift


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0009_indication'),
        ('labeling', '0017_draws_in_one_job'),
        ('projects', '0008_label_mapping'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Lift('labeling_importedlabel'),
        Lift('labeling_labelimport'),
        # A table whose labels were withdrawn may be imported again.
        migrations.RemoveConstraint(model_name='labelimport', name='label_import_once'),
        migrations.AddIndex(
            model_name='labelimport',
            index=models.Index(fields=['project', 'sha256'], name='labeling_la_project_0bb8fd_idx'),
        ),
        Immutable('labeling_labelimport'),
        migrations.AddField(
            model_name='importedlabel',
            name='text',
            field=models.CharField(blank=True, help_text='What the source itself says, in its own words.', max_length=200),
        ),
        migrations.CreateModel(
            name='ImportedRegion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('box', 'box'), ('polygon', 'polygon')], max_length=7)),
                ('points', models.JSONField()),
                ('frame', models.PositiveIntegerField(default=0)),
                ('reader', models.CharField(blank=True, help_text='Who drew it, as the source names them.', max_length=80)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.finding')),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imported_regions', to='archive.image')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='regions', to='labeling.labelimport')),
            ],
        ),
        migrations.CreateModel(
            name='LabelWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('source', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='labeling.labelimport')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ImportedMask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('structure', models.CharField(help_text='What it outlines: lungs, heart, lesion.', max_length=80)),
                ('sha256', models.CharField(help_text='Of the stored PNG.', max_length=64)),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imported_masks', to='archive.image')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='masks', to='labeling.labelimport')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'image', 'structure'), name='imported_mask_once')],
            },
        ),
        Immutable('labeling_importedlabel'),
        Immutable('labeling_importedregion'),
        Immutable('labeling_labelwithdrawal'),
        Immutable('labeling_importedmask'),
    ]
