"""EfficientNet-B3 from ImageNet's weights for colour photographs such as dermoscopy."""

from training.engine.recipe import Recipe

RECIPE = Recipe(
    architecture="efficientnet_b3",
    size=300,
    channels=3,
    epochs=20,
    learning_rate=3e-4,
    dropout=0.3,
    augmentation="skin",
    patience=6,
    initial="published:IMAGENET1K_V1",
)
