import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from overread.triggers import Immutable, Lift


def spaces_name(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """So far each pipeline is one classifier, and its embeddings bear that classifier's name."""
    for stage in apps.get_model("inference", "PipelineStage").objects.select_related("pipeline", "version"):
        stage.pipeline.space = stage.version.backbone
        stage.pipeline.save(update_fields=["space"])


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0009_indication"),
        ("inference", "0002_immutable"),
        ("projects", "0008_label_mapping"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Lift("inference_modelversion"),
        Lift("inference_prediction"),
        migrations.AddField(
            "modelversion",
            "stage",
            models.CharField(
                choices=[
                    ("gate", "Quality gate"),
                    ("view", "View and orientation"),
                    ("lungs", "Lungs"),
                    ("classifier", "Classifier"),
                ],
                default="classifier",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "modelversion",
            "backbone",
            models.CharField(
                blank=True,
                help_text="Names a classifier's embedding space: backbone weights and preparation.",
                max_length=64,
            ),
        ),
        migrations.RemoveConstraint("modelversion", "model_version_number_unique"),
        migrations.AddConstraint(
            "modelversion",
            models.UniqueConstraint(fields=["project", "stage", "number"], name="model_version_number_unique"),
        ),
        migrations.AddConstraint(
            "modelversion",
            models.CheckConstraint(
                condition=models.Q(stage__in=["gate", "view", "lungs", "classifier"]), name="model_version_stage_known"
            ),
        ),
        migrations.AddField(
            "prediction",
            "stages",
            models.JSONField(
                default=dict, help_text="Stage before the classifier → {number, verdict, reasons, facts}, as it was then."
            ),
        ),
        migrations.AddField(
            "pipeline",
            "space",
            models.CharField(
                default="",
                help_text="Names its embedding space: the classifier's, or its own where other stages stand before that classifier.",
                max_length=64,
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            "StageReport",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("pass", "Passed"), ("warn", "Warning"), ("abstain", "No prediction")], max_length=7
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                ("facts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stage_reports", to="archive.image"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="inference.modelversion"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "image"), name="stage_report_once"),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["pass", "warn", "abstain"])), name="stage_verdict_known"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("verdict", "abstain")), fields=["image", "version"], name="stage_abstained"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            "Overrule",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="overrules", to="archive.image"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="overrules", to="projects.project"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("project", "image"), name="overrule_once")]},
        ),
        migrations.RunPython(spaces_name, migrations.RunPython.noop, elidable=True),
        Immutable("inference_modelversion"),
        Immutable("inference_prediction"),
        Immutable("inference_stagereport"),
        Immutable("inference_overrule"),
    ]
