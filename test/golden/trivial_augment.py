# Writes test/golden/trivial-augment.json: hashes of what torchvision's TrivialAugmentWide makes of a square picture.
#   python3 test/golden/trivial_augment.py        (needs torch 2.14.1, torchvision 0.29.1 and Pillow)
# Strengths are the doubles that torchvision's single-precision ones stand for, which depend on the processor.
# Bilinear, as in torchvision's reference training, and black where there is no picture, as in both.
import hashlib
import json
from pathlib import Path

import numpy
import PIL
import torch
import torchvision
from PIL import Image
from torchvision.transforms import InterpolationMode, TrivialAugmentWide
from torchvision.transforms.autoaugment import _apply_op

NAMES = {
    "Identity": "identity", "ShearX": "shearX", "ShearY": "shearY", "TranslateX": "translateX",
    "TranslateY": "translateY", "Rotate": "rotate", "Brightness": "brightness", "Color": "color",
    "Contrast": "contrast", "Sharpness": "sharpness", "Posterize": "posterize", "Solarize": "solarize",
    "AutoContrast": "autoContrast", "Equalize": "equalize",
}
SIDE = 45


def picture():
    """Waves of three lengths with a share of noise, each channel in a range of its own: see the test."""
    y, x, channel = numpy.meshgrid(numpy.arange(SIDE), numpy.arange(SIDE), numpy.arange(3), indexing="ij")
    i = ((y * SIDE + x) * 3 + channel).astype(numpy.uint64)
    noise = (((i * numpy.uint64(2654435761)) & numpy.uint64(0xFFFFFFFF)) >> numpy.uint64(24)).astype(numpy.int64)
    wave = (x * (3 + channel) + y * (5 - channel)) % 256
    value = 20 + 10 * channel + ((wave * 3 + noise) * (190 - 20 * channel)) // 1024
    return Image.fromarray(value.astype(numpy.uint8))


def digest(made):
    return hashlib.sha256(made.tobytes()).hexdigest()[:16]


SHEARS = {"ShearX": lambda by: (1, by, 0, 0, 1, 0), "ShearY": lambda by: (1, 0, 0, by, 1, 0)}


def made(name, magnitude):
    result = _apply_op(picture(), name, magnitude, interpolation=InterpolationMode.BILINEAR, fill=None)
    if name not in SHEARS:
        return digest(result)
    # torchvision goes by way of an angle, whose tangent is off in the last bit: a byte that was cut off may be another.
    plain = picture().transform((SIDE, SIDE), Image.Transform.AFFINE, SHEARS[name](magnitude), Image.Resampling.BILINEAR)
    assert abs(numpy.asarray(plain).astype(int) - numpy.asarray(result).astype(int)).max() <= 1
    return digest(plain)


def evenly(values):
    """The same from first to last at even distances, in double precision."""
    first, last, steps = round(float(values[0]), 6), round(float(values[-1]), 6), len(values) - 1
    exact = [first + (last - first) * i / steps for i in range(steps + 1)]
    assert all(abs(one - float(other)) < 1e-4 for one, other in zip(exact, values))
    return exact


def operations():
    for name, (magnitudes, signed) in TrivialAugmentWide()._augmentation_space(31).items():
        values = [0.0]
        if magnitudes.ndim > 0:
            values = evenly(magnitudes) if magnitudes.is_floating_point() else magnitudes.tolist()
        signs = (1, -1) if signed else (1,)
        hashes = [made(name, sign * value) for sign in signs for value in values]
        yield {"name": NAMES[name], "signed": signed, "magnitudes": values, "sha256": hashes}


lines = ",\n  ".join(json.dumps(operation) for operation in operations())
head = json.dumps({"torchvision": torchvision.__version__, "pillow": PIL.__version__, "picture": digest(picture())})
Path(__file__).with_name("trivial-augment.json").write_text(f'{head[:-1]}, "operations": [\n  {lines}\n]}}\n')
