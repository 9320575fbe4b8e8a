"""Vector figures whose image layers stay small."""

import base64
import io
import re
from typing import NamedTuple

import numpy as np
from PIL import Image

# A report embeds figures: beyond this, a page of them becomes slow to open.
IMAGE_BUDGET = 1_400_000
_PALETTES = (128, 64, 48, 32)
_EXACT = 8
_SMALL = 20_000
_EMBEDDED = re.compile(rf'(?<="data:image/png;base64,)[^"]{{{_SMALL},}}')


def compact_images(svg: str, budget: int = IMAGE_BUDGET) -> str:
    """Store the images inside an SVG with as large a palette as ``budget`` allows.

    Flow maps hold layers of antialiased lines, which PNG in full colour compresses badly. They
    are laid on white, as on paper, so nothing may lie beneath them.

    Parameters
    ----------
    svg : text of a file with PNG images in base64; small ones, such as colour bars, are kept.
    budget : most characters that all images together may take. If the smallest palette, of 32
        colours, does not reach it, that palette is used.

    Returns
    -------
    str, the same drawing; equal input gives equal text.
    """
    images = [_on_white(base64.b64decode(found)) for found in _EMBEDDED.findall(svg)]
    seen = [_Colours.of(image) for image in images]
    encoded: list[str] = []
    for colours in _PALETTES if images else ():
        encoded = []
        for image, of_image in zip(images, seen, strict=True):
            encoded.append(_with_palette(image, of_image.palette(colours)))
            if sum(map(len, encoded)) > budget and colours > _PALETTES[-1]:
                break
        else:
            break
    return _EMBEDDED.sub(lambda _: encoded.pop(0), svg)


def _on_white(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as opened:
        image = opened.convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image)
    return paper.convert("RGB")


def _with_palette(image: Image.Image, colours: list[int]) -> str:
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours)
    out = io.BytesIO()
    image.quantize(palette=palette, dither=Image.Dither.NONE).save(out, "png", compress_level=9)
    return base64.b64encode(out.getvalue()).decode("ascii")


class _Colours(NamedTuple):
    """The colours of an image, from which palettes of any size are chosen.

    Attributes
    ----------
    exact : (8 or fewer, 3) its commonest colours.
    mean : (n, 3) mean colours of the cells of 8 x 8 x 8 levels that it has colours in.
    repeated : (m, 3) the same rounded, more often where the cell has more pixels.
    """

    exact: np.ndarray
    mean: np.ndarray
    repeated: np.ndarray

    @classmethod
    def of(cls, image: Image.Image) -> "_Colours":
        """Those of an image in RGB."""
        pixels = np.asarray(image).reshape(-1, 3).astype(np.uint32)
        packed, count = np.unique(pixels @ np.uint32([1 << 16, 1 << 8, 1]), return_counts=True)
        rgb = np.column_stack([packed >> 16, packed >> 8 & 255, packed & 255]).astype(int)
        exact = rgb[np.lexsort((*rgb.T, -count))[:_EXACT]]
        _, cell = np.unique((rgb >> 3) @ (1 << 10, 1 << 5, 1), return_inverse=True)
        weight = np.bincount(cell, count)
        mean = np.column_stack([np.bincount(cell, count * channel) / weight for channel in rgb.T])
        times = np.ceil(weight**0.25).astype(int)
        return cls(exact, mean, np.repeat(mean.round().astype(np.uint8), times, axis=0))

    def palette(self, colours: int) -> list[int]:
        """Commonest colours as they are, then a median cut, then those served worst by these.

        Median cut alone spends the palette on the many weak lines and turns the few strongest
        flows into the colour of weaker ones.
        """
        cut = Image.fromarray(self.repeated[None]).quantize(
            colours - 2 * _EXACT, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
        chosen = np.vstack([self.exact, np.reshape(cut.getpalette(), (-1, 3))])
        distance = ((self.mean[:, None] - chosen) ** 2).sum(axis=2).min(axis=1)
        for _ in range(colours - len(chosen)):
            worst = self.mean[np.argmax(distance)]
            chosen = np.vstack([chosen, worst.round()])
            distance = np.minimum(distance, ((self.mean - worst) ** 2).sum(axis=1))
        return chosen.astype(int).ravel().tolist()
