from django.db import migrations, models

from overread.triggers import Immutable, Lift


class Migration(migrations.Migration):
    dependencies = [("labeling", "0013_strategies_that_fail")]
    operations = [
        Lift("labeling_answer"),
        migrations.AddField(
            model_name="answer",
            name="contradiction",
            field=models.CharField(
                blank=True,
                choices=[("kept", "kept"), ("changed", "changed")],
                default="",
                help_text="What became of an answer given blind that the model strongly contradicted.",
                max_length=7,
            ),
            preserve_default=False,
        ),
        Immutable("labeling_answer"),
    ]
