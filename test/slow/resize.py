# The other side of resize.mjs: reads one question in JSON on each line, answers with the mean and the largest difference.
import json
import sys

import numpy
import PIL
from PIL import Image, ImageOps

try:
    import tensorflow
except ImportError:
    tensorflow = None

FILTERS = {"linear": Image.Resampling.BILINEAR, "cubic": Image.Resampling.BICUBIC}


def resized(image, to, kernel):
    if kernel == "tensorflow":
        batch = numpy.asarray(image)[None].astype(numpy.float32)
        made = tensorflow.raw_ops.ResizeBilinear(images=batch, size=[to[1], to[0]], half_pixel_centers=False)
        return made[0].numpy()
    return numpy.asarray(image.resize(to, FILTERS[kernel])).astype(numpy.float32)


def from_file(question):
    image = Image.open(question["file"])
    kind = "files" if image.mode in ("RGB", "L") else f"files in {image.mode}"
    image = ImageOps.exif_transpose(image).convert("RGB")
    left, top, width, height = (question["window"][key] for key in ("left", "top", "width", "height"))
    made = resized(image, question["to"], question["kernel"])[top : top + height, left : left + width]
    return made, kind


def from_pixels(question):
    width, height = question["size"]
    pixels = numpy.fromfile(question["input"], dtype=numpy.uint8).reshape(height, width, 3)
    return resized(Image.fromarray(pixels), question["to"], question["kernel"]), "pixels"


print(json.dumps({"pillow": PIL.__version__, "tensorflow": tensorflow and tensorflow.__version__}), flush=True)
for line in sys.stdin:
    question = json.loads(line)
    expected, kind = (from_file if "file" in question else from_pixels)(question)
    made = numpy.fromfile(question["output"], dtype=numpy.uint8).reshape(expected.shape).astype(numpy.float32)
    difference = numpy.abs(made - expected)
    answer = {"kind": kind, "mean": float(difference.mean()), "largest": float(difference.max())}
    print(json.dumps(answer), flush=True)
