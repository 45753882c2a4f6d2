"""Recipes, losses, augmentation and the training loop: plain libraries over torch and `inference.engine`, no Django."""
