"""The findings that can be drawn: every module of this package holds one, as FINDING, under its own name."""

from importlib import import_module
from pkgutil import iter_modules

from phantom.tissue import Finding

REGISTRY: dict[str, Finding] = {
    module.name: import_module(f"{__name__}.{module.name}").FINDING for module in iter_modules(__path__)
}
FINDINGS = tuple(sorted(REGISTRY))


def findings_known(names: set[str]) -> None:
    """Raises ValueError naming those that are not in the registry."""
    if unknown := names - set(FINDINGS):
        raise ValueError(f"unknown finding {', '.join(sorted(unknown))}; choose from {', '.join(FINDINGS)}")
