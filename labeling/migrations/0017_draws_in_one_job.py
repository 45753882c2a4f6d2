from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("labeling", "0016_draws_in_parts_end")]
    operations = [migrations.DeleteModel("DrawPart"), migrations.DeleteModel("Draw")]
