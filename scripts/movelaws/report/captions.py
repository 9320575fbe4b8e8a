"""Captions: reStructuredText with a few fields of the workflow, rendered to harmless HTML.

The same files serve ``snakemake --report``, which offers them a ``snakemake`` object. Here that
object holds only ``wildcards`` and ``params`` of the item, so a caption written for both may use
``snakemake.wildcards.dataset`` and, of ``snakemake.params``, what ``PARAMS`` lists. A rule need not
have all of these: a caption gives a default (``snakemake.params.unit | default("people")``).
"""

from html.parser import HTMLParser
from types import SimpleNamespace

from docutils.core import publish_parts
from docutils.utils import SystemMessage
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from movelaws.report.items import Item

PARAMS = ("synthetic", "source", "unit", "confidence", "min_flow", "models", "readings")

_TEXT_TAGS = "p em strong code tt span sub sup ul ol li dl dt dd blockquote a br div"
_MATH_TAGS = (
    "math mrow mi mo mn ms mtext mspace msub msup msubsup munder mover munderover mfrac msqrt "
    "mroot mstyle mpadded mtable mtr mtd"
)
_ATTRIBUTES = "class id href role"
_MATH_ATTRIBUTES = (
    "xmlns display mathvariant stretchy fence separator form lspace rspace largeop movablelimits "
    "accent accentunder displaystyle scriptlevel minsize maxsize symmetric linethickness "
    "columnalign width height depth voffset"
)
_SETTINGS = {
    "_disable_config": True,
    "raw_enabled": False,
    "file_insertion_enabled": False,
    "halt_level": 2,
    "report_level": 2,
    "warning_stream": False,
    "math_output": "MathML",
    "doctitle_xform": False,
    "initial_header_level": 4,
    "smart_quotes": False,
}


def render_caption(source: str, item: Item, name: str = "caption") -> Markup:
    """Caption of an item as HTML.

    Raises
    ------
    ValueError
        If a field is not offered, the markup is broken, or it asks for more than text: raw HTML,
        included files, images, links other than https.
    """
    context = SimpleNamespace(
        wildcards=SimpleNamespace(dataset=item.dataset),
        params=SimpleNamespace(
            label=item.name, title=item.title, **{name: getattr(item, name) for name in PARAMS}
        ),
    )
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    try:
        text = environment.from_string(source).render(snakemake=context)
    except TemplateError as error:
        raise ValueError(f"{name}: {error}") from None
    return render_rst(text, name)


def render_rst(text: str, name: str = "text") -> Markup:
    """ReStructuredText as HTML that holds only text, formulas and https links."""
    try:
        parts = publish_parts(text, writer="html5", settings_overrides=_SETTINGS)
    except SystemMessage as error:
        raise ValueError(f"{name}: {error}") from None
    body = parts["body"]
    guard = _Guard(name)
    guard.feed(body)
    guard.close()
    return Markup(body)


class _Guard(HTMLParser):
    def __init__(self, name: str):
        super().__init__()
        self._name = name

    def handle_starttag(self, tag, attrs):
        mathematical = tag in _MATH_TAGS.split()
        if not mathematical and tag not in _TEXT_TAGS.split():
            raise ValueError(f"{self._name}: <{tag}> is not allowed in a caption")
        allowed = f"{_ATTRIBUTES} {_MATH_ATTRIBUTES if mathematical else ''}".split()
        for attribute, value in attrs:
            if attribute not in allowed:
                raise ValueError(f"{self._name}: {attribute}= on <{tag}> is not allowed")
            if attribute == "href" and not (value or "").startswith("https://"):
                raise ValueError(f"{self._name}: link {value!r}: only https is allowed")
