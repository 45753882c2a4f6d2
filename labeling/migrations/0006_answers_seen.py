import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from overread.triggers import Immutable


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0004_frames_after_the_first'),
        ('labeling', '0005_confidence_and_proposals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AnswersSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='archive.image')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('image', 'user'), name='answers_seen_once')],
            },
        ),
        Immutable('labeling_answersseen'),
    ]
