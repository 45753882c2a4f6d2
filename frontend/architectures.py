"""The field for the name of a network: some to choose from, and any other that there is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from inference.engine import backbones

# Of timm's more than a thousand, one of each kind that is often asked for.
TIMM_SUGGESTED = (
    "timm:convnext_small",
    "timm:eva02_small_patch14_224",
    "timm:mobilenetv3_small_100",
    "timm:swin_tiny_patch4_window7_224",
    "timm:tf_efficientnetv2_s",
    "timm:vit_small_patch14_dinov2",
    "timm:vit_small_patch16_224",
)


class ArchitectureInput(forms.TextInput):
    """A text input that suggests names."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        listed = f"{(attrs or {}).get('id', name)}-names"
        suggested = (*backbones.names(), *TIMM_SUGGESTED)
        options = format_html_join("", '<option value="{}"></option>', ((each,) for each in suggested))
        box = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', box, listed, options)


class ArchitectureField(forms.CharField):
    """The name of an architecture. Whether there is one of that name is known without loading it."""

    widget = ArchitectureInput
    default_error_messages = {
        "unknown": _("There is no network of that name: choose one of the list, or write timm: and a name of timm's.")
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=120, **options)

    def validate(self, value: str) -> None:
        super().validate(value)
        try:
            backbones.check(value)
        except backbones.UnknownArchitecture as unknown:
            raise ValidationError(self.error_messages["unknown"], code="unknown") from unknown
