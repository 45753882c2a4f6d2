import json
import subprocess
import sys

import pytest

from inference.engine.thresholds import ThresholdPolicy
from training.engine import recipes
from training.engine.recipe import Recipe


def test_json_gives_the_recipe_back():
    recipe = Recipe(epochs=7, initial="published:IMAGENET1K_V1", architecture="resnet18")
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_what_is_left_out_takes_its_default():
    assert Recipe.from_dict({"epochs": 3}) == Recipe(epochs=3)


def test_an_unknown_field_is_refused():
    with pytest.raises(ValueError, match="no momentum"):
        Recipe.from_dict({"momentum": 0.9})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epochs", 0),
        ("epochs", "ten"),
        ("epochs", True),
        ("batch", 1),
        ("learning_rate", float("nan")),
        ("learning_rate", 2.0),
        ("seed", -1),
        ("schedule", "step"),
        ("loss", "mse"),
        ("augmentation", "flip"),
        ("architecture", "vgg"),
        ("size", 8),
        ("channels", 2),
        ("fit", "crop"),
        ("initial", "published:"),
        ("initial", "bundle"),
        ("initial", "starter:other"),
        ("initial", "http://example.org"),
    ],
)
def test_a_value_out_of_range_is_refused(field, value):
    with pytest.raises(ValueError):
        Recipe.from_dict({field: value})


@pytest.mark.parametrize("name", recipes.names())
def test_every_named_recipe_is_valid(name):
    assert Recipe.from_dict(recipes.find(name).to_dict()) == recipes.find(name)


def test_an_unknown_recipe_is_refused():
    with pytest.raises(ValueError, match="small_cnn"):
        recipes.find("large")


def test_a_form_shows_recipes_without_loading_torch():
    script = "import sys; from training.engine import recipes; [recipes.find(name) for name in recipes.names()]"
    loaded = "print([name for name in ('torch', 'sklearn', 'scipy', 'onnxruntime') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", f"{script}; {loaded}"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "fields",
    [{"sensitivity": 0.9, "specificity": 0.9}, {"sensitivity": 0.9, "miss_cost": 5.0}, {"prevalence": 0.1}],
)
def test_two_ways_to_choose_thresholds_are_refused(fields):
    with pytest.raises(ValueError, match="^(sensitivity|prevalence)"):
        Recipe.from_dict(fields)


def test_a_recipe_from_before_keeps_its_policy():
    assert Recipe.from_dict({"sensitivity": 0.95}).threshold_policy() == ThresholdPolicy("sensitivity", 0.95)
    assert Recipe.from_dict({}).threshold_policy() == ThresholdPolicy()
