"""Figures as data: every picture travels inside the page, the heavy ones made lighter."""

import base64
import io
import re
import struct
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

MAX_BYTES = 120_000  # above it a figure is heavy: maps of thousands of lines, densely set points
_LIGHT_WIDTH = 1600  # pixels; a figure of full width is shown at some 1,100 CSS pixels
_LIGHT_QUALITY = 80
_EFFORT = 2  # half the time of the default 4, and 2 % more bytes
_SCREEN_SCALE = 1.6
_CSS_PIXELS = {"pt": 96 / 72, "px": 1.0, "": 1.0, "in": 96.0, "mm": 96 / 25.4, "cm": 96 / 2.54}


@dataclass(frozen=True)
class Picture:
    """A picture as a data URI, its size on the screen in CSS pixels, and where it came from."""

    uri: str
    width: int
    height: int
    file: str
    note: str = ""


def embed(path: str | Path) -> Picture:
    """Embed a figure, lightened if it weighs more than ``MAX_BYTES``.

    An SVG is embedded as an image, never as markup: browsers run no script in an image and load
    nothing from it. Of a heavy SVG the page shows a WebP drawn from the PNG beside it, of a heavy
    PNG one drawn from itself, unless that would weigh more; the files stay what they are. Figures
    are drawn for print at 89 or 183 mm, so the screen size is 1.6 times the printed one.

    Raises
    ------
    FileNotFoundError
        If the file, or the PNG that must stand in for it, does not exist.
    ValueError
        If the file is not the picture that its name says.
    """
    path = Path(path)
    whole = _svg(path) if path.suffix == ".svg" else _png(path)
    size = path.stat().st_size
    if size <= MAX_BYTES:
        return whole
    source = path.with_suffix(".png")
    if not source.exists():
        raise FileNotFoundError(f"{path} is over {MAX_BYTES} bytes and {source} is missing")
    data = _lightened(source)
    if len(data) >= size:
        return whole
    kind = "vector drawing" if path.suffix == ".svg" else "picture at full resolution"
    note = f"Shown as a lighter picture; the {kind} ({size / 1e6:.1f} MB) is {path.name}"
    return Picture(_uri("image/webp", data), whole.width, whole.height, f"{path.stem}.webp", note)


def embed_all(paths: Sequence[Path], threads: int) -> dict[Path, Picture]:
    """``embed`` of many figures, side by side: reading and writing pictures holds no lock."""
    with ThreadPoolExecutor(threads) as pool:
        return dict(zip(paths, pool.map(embed, paths), strict=True))


def _lightened(path: Path) -> bytes:
    """A PNG as WebP, no wider than ``_LIGHT_WIDTH`` pixels, on white."""
    _png(path)
    with Image.open(path, formats=["PNG"]) as opened:
        page = _on_white(opened)
    if page.width > _LIGHT_WIDTH:
        height = max(1, round(page.height * _LIGHT_WIDTH / page.width))
        page = page.resize((_LIGHT_WIDTH, height), Image.Resampling.LANCZOS)
    held = io.BytesIO()
    page.save(held, "WEBP", quality=_LIGHT_QUALITY, method=_EFFORT)
    return held.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.mode or image.getextrema()[-1] == (255, 255):
        return image.convert("RGB")
    page = Image.new("RGBA", image.size, "white")
    page.alpha_composite(image.convert("RGBA"))
    return page.convert("RGB")


def _svg(path: Path) -> Picture:
    data = path.read_bytes()
    opening = re.search(rb"<svg\b[^>]*>", data[:20_000])
    if opening is None:
        raise ValueError(f"{path}: no <svg> element at its beginning")
    width, height = _svg_size(opening.group().decode("utf-8", "replace"), path)
    return Picture(_uri("image/svg+xml", data), *_on_screen(width, height), path.name)


def _svg_size(opening: str, path: Path) -> tuple[float, float]:
    lengths = []
    for name in ("width", "height"):
        found = re.search(rf'\s{name}="([0-9.]+)(pt|px|in|mm|cm|)"', opening)
        lengths.append(float(found[1]) * _CSS_PIXELS[found[2]] if found else 0.0)
    if all(lengths):
        return lengths[0], lengths[1]
    box = re.search(r'\sviewBox="([-0-9.eE\s,]+)"', opening)
    numbers = [float(part) for part in re.split(r"[\s,]+", box[1].strip())] if box else []
    if len(numbers) != 4 or min(numbers[2:]) <= 0:
        raise ValueError(f"{path}: neither width and height nor a viewBox")
    return numbers[2], numbers[3]


def _png(path: Path) -> Picture:
    data = path.read_bytes()
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        raise ValueError(f"{path}: not a PNG")
    width, height = struct.unpack(">II", data[16:24])
    scale = _png_css_pixels(data)
    return Picture(_uri("image/png", data), *_on_screen(width * scale, height * scale), path.name)


def _png_css_pixels(data: bytes) -> float:
    """CSS pixels per pixel of the file, from its resolution (pHYs) where it states one."""
    at = data.find(b"pHYs", 0, 4096)
    if at < 0:
        return 1 / _SCREEN_SCALE
    per_metre, _, unit = struct.unpack(">IIB", data[at + 4 : at + 13])
    return 96 / (per_metre * 0.0254) if unit == 1 and per_metre > 0 else 1 / _SCREEN_SCALE


def _on_screen(width: float, height: float) -> tuple[int, int]:
    return max(1, round(width * _SCREEN_SCALE)), max(1, round(height * _SCREEN_SCALE))


def _uri(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"
