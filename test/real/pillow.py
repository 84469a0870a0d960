# Writes test/real/pillow.json: hashes of what Pillow makes of photographs, from the file to torchvision's and timm's input.
#   python3 test/real/pillow.py ../shared/data/imagenet-samples.tar        (needs Pillow, 9 to 12)
import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path

from PIL import Image, ImageOps

SIZE = 299


def view(image, side, filter):
    width, height = image.size
    short = min(width, height)
    to = (width * side // short, height * side // short)
    left, top = (round((length - SIZE) / 2) for length in to)
    return image.resize(to, filter).crop((left, top, left + SIZE, top + SIZE))


def digest(image):
    return hashlib.sha256(image.tobytes()).hexdigest()


golden = {}
with tarfile.open(sys.argv[1]) as archive:
    members = sorted((member for member in archive if member.name.endswith(".JPEG")), key=lambda member: member.name)
    for member in members[::11]:
        image = Image.open(io.BytesIO(archive.extractfile(member).read()))
        image = ImageOps.exif_transpose(image).convert("RGB")
        golden[Path(member.name).name] = {
            "torchvision": digest(view(image, round(SIZE * 8 / 7), Image.Resampling.BILINEAR)),
            "timm": digest(view(image, int(SIZE / 0.875), Image.Resampling.BICUBIC)),
        }
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
