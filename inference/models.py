"""Model versions, pipelines, the champion, and the scores and predictions of pipelines."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from overread.archive.models import Image
from overread.projects.models import Project
from overread.rows import Select


class Stage(models.TextChoices):
    """The stages of a pipeline, in their order."""

    GATE = "gate", _("Quality gate")
    VIEW = "view", _("View and orientation")
    LUNGS = "lungs", _("Lungs")
    CLASSIFIER = "classifier", _("Classifier")


class ModelVersion(models.Model):
    """One trained stage: weights + preprocessing + output kind (+ calibration and thresholds). Never changed once made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="model_versions")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.CLASSIFIER)
    number = models.PositiveIntegerField()
    architecture = models.CharField(max_length=60)
    backbone = models.CharField(
        max_length=64, blank=True, help_text="Names a classifier's embedding space: backbone weights and preparation."
    )
    bundle = models.CharField(max_length=64, help_text="Blob with weights, ONNX graph and card.")
    card = models.JSONField(
        help_text="Layout, thresholds, calibration, metrics, shortcut report; what a reader of the model card sees."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "stage", "number"], name="model_version_number_unique"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="model_version_stage_known"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.number}"


class Pipeline(models.Model):
    """An ordered list of stages; what is champion or challenger, and what a prediction names."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="pipelines")
    number = models.PositiveIntegerField()
    stages = models.ManyToManyField(ModelVersion, through="PipelineStage", related_name="pipelines")
    space = models.CharField(
        max_length=64,
        help_text="Names its embedding space: the classifier's, or its own where other stages stand before that classifier.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="pipeline_number_unique")]

    def __str__(self) -> str:
        return f"{self.project.name} model {self.number}"

    @property
    def name(self) -> str:
        return f"model {self.number}"

    @property
    def classifier(self) -> ModelVersion:
        """The last stage, which answers the findings."""
        for (version,) in CLASSIFIER.rows(self.pk):
            found: ModelVersion = version
            return found
        raise PipelineStage.DoesNotExist(f"{self} has no stage")

    @property
    def versions(self) -> list[ModelVersion]:
        """Its stages in their order, the classifier last."""
        return [stage.version for stage in self.pipelinestage_set.select_related("version").order_by("order")]


# Composed once, since every prediction asks for it.
CLASSIFIER = Select(
    ModelVersion,
    rest="""
        FROM inference_pipelinestage
        JOIN inference_modelversion ON inference_modelversion.id = inference_pipelinestage.version_id
        WHERE inference_pipelinestage.pipeline_id = %s ORDER BY inference_pipelinestage."order" DESC LIMIT 1
    """,
)


class PipelineStage(models.Model):
    pipeline = models.ForeignKey(Pipeline, models.CASCADE)
    order = models.PositiveSmallIntegerField()
    version = models.ForeignKey(ModelVersion, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pipeline", "order"], name="pipeline_stage_order_unique")]

    def __str__(self) -> str:
        return f"stage {self.order} of {self.pipeline_id}"


class Champion(models.Model):
    """The pipeline in use. `swaps` grows with every swap, which is compare-and-swap on it."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="champion")
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    swaps = models.PositiveIntegerField(default=1)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"champion of {self.project_id}"


class Promotion(models.Model):
    """One signed swap of the champion, forwards or back. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="promotions")
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="promotions")
    previous = models.ForeignKey(Pipeline, models.PROTECT, null=True, related_name="+")
    rollback = models.BooleanField(default=False)
    verdict_id = models.UUIDField(null=True, help_text="The gate's verdict that allowed it.")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"promotion of {self.pipeline_id}"


class StageReport(models.Model):
    """What one stage before the classifier said of one image. Never changed.

    `reasons`: [{"code", figures…}], empty where it passes. `facts`: what it found, such as a view, a box, outlines.
    """

    class Verdict(models.TextChoices):
        PASS = "pass", _("Passed")
        WARN = "warn", _("Warning")
        ABSTAIN = "abstain", _("No prediction")

    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="reports")
    image = models.ForeignKey(Image, models.PROTECT, related_name="stage_reports")
    verdict = models.CharField(max_length=7, choices=Verdict.choices)
    reasons = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "image"], name="stage_report_once"),
            models.CheckConstraint(condition=Q(verdict__in=["pass", "warn", "abstain"]), name="stage_verdict_known"),
        ]
        # Abstentions are few among many reports, and every list of images leaves them out.
        indexes = [models.Index(fields=["image", "version"], condition=Q(verdict="abstain"), name="stage_abstained")]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.version_id} of {self.image_id}"


class Overrule(models.Model):
    """A member decided that an image is to be predicted and learned from, whatever the stages say. Never changed."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="overrules")
    image = models.ForeignKey(Image, models.PROTECT, related_name="overrules")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "image"], name="overrule_once")]

    def __str__(self) -> str:
        return f"overrule of {self.image_id}"


class EmbeddingShard(models.Model):
    """Embeddings of one inference batch in one space: a blob of float16 (count, dimension), .npy. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    backbone = models.CharField(max_length=64, db_index=True)
    blob = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    dimension = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"shard {self.pk}"


class EmbeddingRow(models.Model):
    """The shard and row that hold the embedding of an image."""

    shard = models.ForeignKey(EmbeddingShard, models.CASCADE, related_name="entries")
    backbone = models.CharField(max_length=64)
    image = models.ForeignKey(Image, models.CASCADE, related_name="embedding_rows")
    row = models.PositiveIntegerField()

    class Meta:
        # Two workers can take the same image at the same moment. The second one's batch fails here, and is left out.
        constraints = [models.UniqueConstraint(fields=["backbone", "image"], name="embedding_once_per_backbone")]

    def __str__(self) -> str:
        return f"{self.image_id} in {self.shard_id}"


class ScoreShard(models.Model):
    """One pipeline's scores of the images of one embedding shard: a blob of probabilities, maps and boxes, .npz."""

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="score_shards")
    shard = models.ForeignKey(EmbeddingShard, models.CASCADE, related_name="score_shards")
    blob = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pipeline", "shard"], name="scores_once_per_shard")]

    def __str__(self) -> str:
        return f"scores of {self.shard_id}"


class Prediction(models.Model):
    """One pipeline's output for one image that was shown or evaluated. Never changed.

    `outputs`: finding slug → {"kind", "probability" | "probabilities" | "value", "threshold", "above"}, and for a
    measurement whose model has an interval "low", "high", "coverage" and the labels' "range". A binary finding whose model has
    a set: "set" ("present", "absent", or "both": the model abstains) and its "coverage".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="predictions")
    image = models.ForeignKey(Image, models.PROTECT, related_name="predictions")
    outputs = models.JSONField()
    maps = models.CharField(
        max_length=64, help_text="Blob of the attention maps: (outputs, rows, columns) uint8, .npy."
    )
    map_box = models.JSONField(help_text="[x0, y0, x1, y1]: where the maps lie on the image, in its pixels.")
    stages = models.JSONField(
        default=dict, help_text="Stage before the classifier → {number, verdict, reasons, facts}, as it was then."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pipeline", "image"], name="prediction_once")]
        indexes = [models.Index(fields=["-created_at", "id"])]

    def __str__(self) -> str:
        return f"prediction {self.pk}"


class Exposure(models.Model):
    """A user was shown a prediction. Written before the bytes leave; answers take their `exposure` from here."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    image = models.ForeignKey(Image, models.CASCADE, related_name="exposures")
    prediction = models.ForeignKey(Prediction, models.PROTECT, related_name="exposures")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # The first time counts: an answer is exposed if it came after it, however often the prediction was shown.
        constraints = [models.UniqueConstraint(fields=["user", "prediction"], name="exposure_once")]
        indexes = [models.Index(fields=["user", "image"])]

    def __str__(self) -> str:
        return f"{self.user_id} saw {self.prediction_id}"
