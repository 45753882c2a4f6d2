from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0010_draws_in_parts")]
    operations = [
        migrations.AddField(
            model_name="draw",
            name="waiting",
            field=models.BinaryField(
                default=b"", help_text="Whose each image was that waited when it began, as int64."
            ),
        ),
    ]
