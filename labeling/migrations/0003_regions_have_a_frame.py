from django.db import migrations, models

from overread.triggers import Immutable, Lift


class Migration(migrations.Migration):
    dependencies = [("labeling", "0002_immutable")]
    operations = [
        Lift("labeling_region"),
        migrations.AddField(
            "region",
            "frame",
            models.PositiveIntegerField(default=0, help_text="The frame it was drawn on, counted from 0."),
        ),
        Immutable("labeling_region"),
    ]
