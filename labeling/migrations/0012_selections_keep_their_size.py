from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0011_draws_know_what_waits")]
    operations = [
        migrations.AddField(
            model_name="selection",
            name="size",
            field=models.PositiveIntegerField(
                help_text="How many cases it was to have; of old ones nobody knows.", null=True
            ),
        ),
    ]
