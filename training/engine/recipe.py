"""Everything about how a run trains, as one frozen value that is stored with it. Imports no torch: forms show it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from inference.engine import backbones
from inference.engine.preparation import Fit, Preparation
from inference.engine.thresholds import Kind, ThresholdPolicy
from training.engine.policies import POLICIES

Schedule = Literal["one_cycle", "constant"]
Loss = Literal["weighted_bce", "bce"]
RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 1000),
    "batch": (2, 1024),
    "learning_rate": (1e-7, 1.0),
    "weight_decay": (0.0, 1.0),
    "dropout": (0.0, 0.9),
    "seed": (0, 2**31 - 1),
    "patience": (0, 1000),
    "time_limit_s": (0.0, 1e7),
    "sensitivity": (0.0, 1.0),
    "specificity": (0.0, 1.0),
    "miss_cost": (0.0, 1000.0),
    "prevalence": (0.0, 0.99),
    "coverage": (0.5, 0.99),
    "threads": (0, 256),
}
# What may stand before the colon of `initial`, and whether something follows it.
INITIAL = {("", False), ("starter", False), ("bundle", False), ("published", True), ("file", True)}


@dataclass(frozen=True)
class Recipe:
    """Architecture, input, optimisation and initial weights of a run.

    Stored with each run under these names. Raises ValueError naming the field that is out of range.

    `patience`: epochs without a best one before the run stops; 0 for never.
    `time_limit_s`: seconds, into which the schedule is fitted; 0 for no limit.
    `sensitivity`, `specificity`: thresholds reach it on the calibration split, 0 to 1. `miss_cost`: how many false alarms a
    missed finding is worth; thresholds make the cost least, at `prevalence` (0 for that of the calibration split). One of
    these three at most is not 0; without any, thresholds are Youden's.
    `coverage`: of the intervals around measurements and the sets of binary findings, as a share.
    `threads`: torch's; 0 leaves them as they are. Another number may give other weights.
    `initial`: "" for random weights, "starter" (Overread's, of chest_cnn), "bundle" (that of `initial_sha256`),
    "published:NAME" (torchvision's or timm's) or "file:PATH" (safetensors of `initial_sha256`, or a folder of Hugging
    Face's layout that holds them).
    """

    architecture: str = "small_cnn"
    size: int = 96
    channels: int = 1
    fit: Fit = "letterbox"
    epochs: int = 80
    batch: int = 32
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    schedule: Schedule = "one_cycle"
    loss: Loss = "weighted_bce"
    dropout: float = 0.0
    augmentation: str = "chest"
    seed: int = 0
    patience: int = 0
    time_limit_s: float = 0.0
    sensitivity: float = 0.0
    specificity: float = 0.0
    miss_cost: float = 0.0
    prevalence: float = 0.0
    coverage: float = 0.9
    threads: int = 2
    initial: str = ""
    initial_sha256: str = ""

    def __post_init__(self) -> None:
        self.preparation()
        backbones.check(self.architecture)
        for name, (lowest, highest) in RANGES.items():
            value = getattr(self, name)
            # True is an int in Python, and would pass for 1.
            if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
                raise ValueError(f"{name} is {value!r}; it goes from {lowest:g} to {highest:g}.")
        for name, choices in (
            ("schedule", get_args(Schedule)),
            ("loss", get_args(Loss)),
            ("augmentation", tuple(POLICIES)),
        ):
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is {getattr(self, name)!r}; it is one of {', '.join(choices)}.")
        self.threshold_policy()
        self._check_initial()

    def _check_initial(self) -> None:
        kind, _, detail = self.initial.partition(":")
        if (kind, bool(detail)) not in INITIAL:
            raise ValueError(f"initial is {self.initial!r}; it is empty, starter, bundle, published:NAME or file:PATH.")
        if kind in ("bundle", "file") and len(self.initial_sha256) != 64:
            raise ValueError(f"initial weights from a {kind} are named by their SHA-256 in initial_sha256.")

    def preparation(self) -> Preparation:
        """How images are prepared for this recipe. Raises ValueError for a size, fit or channels there are not."""
        # Before the tuples are made: a large number of channels would fill the memory.
        if self.channels not in (1, 3):
            raise ValueError(f"channels is {self.channels!r}; it is 1 or 3.")
        return Preparation(self.size, self.channels, self.fit, (0.5,) * self.channels, (0.25,) * self.channels)

    def threshold_policy(self) -> ThresholdPolicy:
        """How thresholds are chosen. Raises ValueError where more than one way is asked for."""
        kinds: dict[Kind, float] = {
            "sensitivity": self.sensitivity,
            "specificity": self.specificity,
            "cost": self.miss_cost,
        }
        asked = {kind: value for kind, value in kinds.items() if value}
        if len(asked) > 1:
            raise ValueError("sensitivity, specificity and miss_cost: only one of them chooses thresholds.")
        if self.prevalence and not self.miss_cost:
            raise ValueError("prevalence counts with a miss_cost only.")
        if not asked:
            return ThresholdPolicy()
        [(kind, value)] = asked.items()
        return ThresholdPolicy(kind, value, self.prevalence or None)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Recipe":
        """A recipe from plain JSON; what is left out takes its default. Raises ValueError for a field there is not."""
        unknown = set(values) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"A recipe has no {', '.join(sorted(unknown))}.")
        return cls(**values)
