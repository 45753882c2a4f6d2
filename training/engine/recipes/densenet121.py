"""DenseNet-121 from ImageNet's weights: the usual start on a GPU, an evening on two cores."""

from training.engine.recipe import Recipe

RECIPE = Recipe(
    architecture="densenet121",
    size=224,
    epochs=20,
    learning_rate=3e-4,
    dropout=0.2,
    patience=6,
    initial="published:IMAGENET1K_V1",
)
