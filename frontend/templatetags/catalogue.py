"""`{% catalogue_url %}`: the address of the scripts' messages."""

from __future__ import annotations

from django import template

from frontend.pages.catalogue import address

register = template.Library()


@register.simple_tag
def catalogue_url() -> str:
    return address()
