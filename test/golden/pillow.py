# Writes test/golden/pillow.json: hashes of what Pillow makes of pictures that a formula gives.
#   python3 test/golden/pillow.py        (needs Pillow, 9 to 12, and NumPy)
# Pillow 13 goes down columns first where a picture is tall or shrinks more in height, which moves bytes by one.
import hashlib
import json
from pathlib import Path

import numpy
import PIL
from PIL import Image

KERNELS = {"linear": Image.Resampling.BILINEAR, "cubic": Image.Resampling.BICUBIC}


def picture(width, height):
    """Byte i is the highest of the 32 lowest bits of 2654435761 * i."""
    i = numpy.arange(width * height * 3, dtype=numpy.uint64)
    noise = ((i * numpy.uint64(2654435761)) & numpy.uint64(0xFFFFFFFF)) >> numpy.uint64(24)
    return Image.fromarray(noise.astype(numpy.uint8).reshape(height, width, 3))


def digest(*pictures):
    return hashlib.sha256(b"".join(picture.tobytes() for picture in pictures)).hexdigest()


def resized():
    sizes = [
        (500, 333, 449, 299), (333, 251, 297, 224), (333, 251, 400, 301), (50, 40, 200, 160), (97, 61, 9, 5),
        (300, 7, 25, 20), (240, 180, 20, 15), (3, 2, 11, 8), (1, 40, 8, 320), (64, 50, 64, 25), (5, 5, 1, 1),
    ]
    for kernel, filter in KERNELS.items():
        for width, height, to_width, to_height in sizes:
            made = picture(width, height).resize((to_width, to_height), filter)
            yield {"kernel": kernel, "picture": [width, height], "to": [to_width, to_height], "sha256": digest(made)}


def cut():
    """As torchvision's resized_crop: nothing outside of the cut is looked at."""
    for kernel, filter in KERNELS.items():
        for width, height, left, top, cut_width, cut_height, size in [
            (224, 224, 20, 31, 165, 140, 224), (500, 375, 40, 30, 350, 260, 128), (120, 90, 1, 2, 117, 88, 9),
        ]:
            part = picture(width, height).crop((left, top, left + cut_width, top + cut_height))
            made = part.resize((size, size), filter)
            box = [left, top, cut_width, cut_height]
            yield {"kernel": kernel, "picture": [width, height], "box": box, "size": size, "sha256": digest(made)}


def presets():
    """Short side and centre, by torchvision's and timm's rules."""
    for width, height, size in [(500, 333, 299), (333, 251, 224), (60, 40, 48), (20, 400, 32), (50, 700, 32), (700, 50, 32)]:
        for preset, side, filter in [
            ("torchvision", int(size * 8 / 7 + 0.5), KERNELS["linear"]), ("timm", int(size / 0.875), KERNELS["cubic"]),
        ]:
            short = min(width, height)
            to = (width * side // short, height * side // short)
            left, top = round((to[0] - size) / 2), round((to[1] - size) / 2)
            made = picture(width, height).resize(to, filter).crop((left, top, left + size, top + size))
            yield {"preset": preset, "picture": [width, height], "size": size, "sha256": digest(made)}


def crops():
    """All 144, each with its mirror, in the order of the protocols."""
    for width, height, size in [(150, 100, 56), (60, 130, 56), (40, 300, 32)]:
        made = []
        for sevenths in (8, 9, 10, 11):
            side = int(size * sevenths / 7 + 0.5)
            long = int(max(width, height) * side / min(width, height) + 0.5)
            wide = width >= height
            scaled = picture(width, height).resize((long, side) if wide else (side, long), KERNELS["linear"])
            for offset in ((long - side) // 2, 0, long - side):
                x, y = (offset, 0) if wide else (0, offset)
                far, middle = side - size, (side - size) // 2
                for dx, dy in ((middle, middle), (0, 0), (far, 0), (0, far), (far, far)):
                    made.append(scaled.crop((x + dx, y + dy, x + dx + size, y + dy + size)))
                square = scaled.crop((x, y, x + side, y + side))
                made.append(square.resize((size, size), KERNELS["linear"]))
        mirrored = [view for crop in made for view in (crop, crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT))]
        yield {"picture": [width, height], "size": size, "sha256": digest(*mirrored)}


golden = {
    "pillow": PIL.__version__,
    "resized": list(resized()),
    "cut": list(cut()),
    "presets": list(presets()),
    "crops": list(crops()),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
