"""The report as one HTML file: style, plotly and data inside, nothing asked of any network."""

from __future__ import annotations

import functools
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import tensorop_gen
from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.report.sections import assembly, curve, peers, proof, roofline, tree
from tensorop_gen.report.sections.headline import headline

if TYPE_CHECKING:
    from jinja2 import Template

    from tensorop_gen.report.material import Material
    from tensorop_gen.report.sections.model import Section

_FOLDER = Path(__file__).parent / "templates"
_SECTIONS = (curve, roofline, tree, peers, assembly, proof)


def sections(material: Material) -> tuple[Section, ...]:
    """As they stand on the page."""
    return tuple(one.section(material) for one in _SECTIONS)


def page(material: Material) -> str:
    """The whole file. Raises ToolMissing without plotly."""
    return _template().render(
        head=headline(material),
        sections=sections(material),
        record=material.record,
        version=tensorop_gen.__version__,
        style=_own("report.css"),
        script=_own("report.js"),
        plotly=Markup(plotly_script()),  # its own
    )


def plotly_script() -> str:
    """Plotly's JavaScript. Raises ToolMissing."""
    try:
        return str(import_module("plotly.offline").get_plotlyjs())
    except ImportError:
        raise ToolMissing("the report needs plotly", "pip install 'tensorop-gen[report]'") from None


def _own(name: str) -> Markup:
    return Markup((_FOLDER / name).read_text(encoding="utf-8"))


@functools.cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")
