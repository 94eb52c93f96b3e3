"""The evidence bundle of a case: what is in it, and its pages."""

from procurement.services.bundle_collect import collect
from procurement.services.bundle_input import BundleInput
from procurement.services.bundle_render import render

__all__ = ["BundleInput", "collect", "render"]
