"""Logits of other programs' networks, for test/weights/foreign-networks.test.ts.

    python3 -m venv venv && venv/bin/pip install torch==2.14.1 torchvision==0.29.1 timm==1.0.31 \
        keras==3.15.1 tensorflow-cpu==2.21.0
    venv/bin/python test/golden/foreign/reference.py test/golden/foreign
    python3 -m venv slim && slim/bin/pip install tensorflow-cpu==2.12.1 tf-slim==1.1.0
    slim/bin/python test/golden/foreign/reference.py test/golden/foreign slim-inception-v{1,2,3}

Every network is filled by a formula of its tensors' names, so that the files hold logits only, and sees one picture
that is a formula, too. test/weights/formula.ts has the same two formulas. Each program preprocesses by its own means.
"""

import hashlib
import json
import os
import re
import sys

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
CLASSES = 100
SHAPES = {}


def name_hash(name):
    """FNV-1a, 32 bits."""
    h = 0x811C9DC5
    for byte in name.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def noise(name, count):
    """Uniform in [-1, 1): MurmurHash3's last mix of the name's hash and the index."""
    with np.errstate(over="ignore"):
        x = np.uint32(name_hash(name)) + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
        x ^= x >> np.uint32(16)
        x *= np.uint32(0x85EBCA6B)
        x ^= x >> np.uint32(13)
        x *= np.uint32(0xC2B2AE35)
        x ^= x >> np.uint32(16)
    return x.astype(np.float64) / 2**31 - 1


def filled(name, shape, outputs_first):
    """Kernels by He's rule, norms near the identity."""
    SHAPES[name] = "x".join(map(str, shape))
    count = int(np.prod(shape, dtype=np.int64))
    u = noise(name, count)
    if len(shape) > 1:
        outputs = 1 if "depthwise" in name else shape[0] if outputs_first else shape[-1]
        inputs = shape[0] * shape[1] if "depthwise" in name else count // outputs
        values = u * np.sqrt(6 / inputs) * head_gain(name)
    elif name.endswith(("gamma", "bn.weight")):
        values = 1 + 0.2 * u
    elif name.endswith(("running_var", "moving_variance")):
        values = 1 + 0.5 * u
    else:
        values = 0.1 * u
    return values.astype(np.float32).reshape(shape)


def head_gain(name):
    """Keeps logits near one, so that 1e-4 is some hundred roundings; Caffe's pixels are a hundred times larger."""
    if "classifier" in name:
        return 1 / 128
    return 1 / 8 if re.search(r"fc2?\.weight|predictions|Logits/Conv2d_(0c|1c|2b)_1x1/weights", name) else 1


def picture(size):
    """RGB bytes, [size, size, 3]."""
    y, x, c = np.meshgrid(np.arange(size), np.arange(size), np.arange(3), indexing="ij")
    return ((x * (3 + c) + y * (5 - c) + ((x * y) >> 4)) & 255).astype(np.uint8)


def nchw(images):
    import torch

    return torch.from_numpy(np.ascontiguousarray(images.astype(np.float32).transpose(2, 0, 1)[None]))


# ---- torchvision and timm


def fill_torch(module):
    import torch

    state = module.state_dict()
    for name, tensor in state.items():
        if tensor.is_floating_point():
            state[name] = torch.from_numpy(filled(name, tuple(tensor.shape), True))
    module.load_state_dict(state)
    return state


def torchvision(build, size):
    """As with published weights: normalized by ImageNet's mean and deviation, then `transform_input`."""
    import torch

    model = build(weights=None, num_classes=CLASSES, aux_logits=True, init_weights=False, transform_input=True)
    fill_torch(model)
    # Training only for its choice of outputs; norms and dropout as in evaluation.
    model.eval()
    model.training = True
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    with torch.no_grad():
        outputs = model(nchw((picture(size) / 255 - mean) / deviation))
    return [outputs.logits, *(getattr(outputs, key) for key in sorted(outputs._fields) if key.startswith("aux"))]


def torchvision_inception_v3():
    from torchvision.models import inception_v3

    return torchvision(inception_v3, 299)


def torchvision_googlenet():
    from torchvision.models import googlenet

    return torchvision(googlenet, 224)


def timm_inception_v3():
    import timm
    import torch

    model = timm.create_model("inception_v3", pretrained=False, num_classes=CLASSES, aux_logits=True).eval()
    fill_torch(model)
    config = model.pretrained_cfg
    with torch.no_grad():
        images = nchw((picture(299) / 255 - np.array(config["mean"])) / np.array(config["std"]))
        outputs = model(images)
        if not isinstance(outputs, (list, tuple)):
            model.training = True
            outputs = model(images)
    return list(outputs)


# ---- Keras


def keras_inception_v3():
    import keras

    keras.utils.clear_session()
    model = keras.applications.InceptionV3(weights=None, classes=CLASSES, classifier_activation=None)
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([filled(f"{layer.name}/{w.name}", tuple(w.shape), False) for w in layer.weights])
    images = keras.applications.inception_v3.preprocess_input(picture(299).astype(np.float32)[None])
    return [model(images, training=False).numpy()]


# ---- TF-Slim


def slim(version, size):
    """As published: bytes to [-1, 1], and the first class is the background."""
    import tensorflow.compat.v1 as tf
    import tf_slim
    from tf_slim.nets import inception

    tf.disable_eager_execution()
    with tf.Graph().as_default(), tf.Session() as session:
        images = tf.constant(((picture(size) / 255 - 0.5) * 2).astype(np.float32)[None])
        with tf_slim.arg_scope(getattr(inception, f"inception_v{version}_arg_scope")()):
            build = getattr(inception, f"inception_v{version}")
            logits, ends = build(images, num_classes=CLASSES + 1, is_training=False)
        for variable in tf.global_variables():
            variable.load(filled(variable.op.name, variable.shape.as_list(), False), session)
        return session.run([logits, *([ends["AuxLogits"]] if "AuxLogits" in ends else [])])


# ---- Caffe


def caffe_googlenet():
    """The layers of models/bvlc_googlenet/train_val.prototxt, in PyTorch's functions: BGR, 0..255 minus the mean."""
    import torch
    from torch.nn import functional as F

    def weights(name, shape):
        kernel = torch.from_numpy(filled(f"{name}/0", shape, True))
        return kernel, torch.from_numpy(filled(f"{name}/1", shape[:1], True))

    def conv(x, name, filters, size, **window):
        return F.relu(F.conv2d(x, *weights(name, (filters, x.shape[1], size, size)), **window))

    def linear(x, name, units):
        return F.linear(x, *weights(name, (units, x.shape[1])))

    def halve(x):
        return F.max_pool2d(x, 3, 2, ceil_mode=True)

    def norm(x):
        return F.local_response_norm(x, 5, alpha=1e-4, beta=0.75, k=1.0)

    def block(x, name, one, reduce3, three, reduce5, five, projection):
        name = f"inception_{name}"
        return torch.cat(
            [
                conv(x, f"{name}/1x1", one, 1),
                conv(conv(x, f"{name}/3x3_reduce", reduce3, 1), f"{name}/3x3", three, 3, padding=1),
                conv(conv(x, f"{name}/5x5_reduce", reduce5, 1), f"{name}/5x5", five, 5, padding=2),
                conv(F.max_pool2d(x, 3, 1, 1), f"{name}/pool_proj", projection, 1),
            ],
            1,
        )

    def head(x, name):
        x = conv(F.avg_pool2d(x, 5, 3), f"{name}/conv", 128, 1)
        return linear(F.relu(linear(x.flatten(1), f"{name}/fc", 1024)), f"{name}/classifier", CLASSES)

    x = nchw(picture(224)[:, :, ::-1] - np.array([104, 117, 123]))
    x = norm(halve(conv(x, "conv1/7x7_s2", 64, 7, stride=2, padding=3)))
    x = conv(x, "conv2/3x3_reduce", 64, 1)
    x = halve(norm(conv(x, "conv2/3x3", 192, 3, padding=1)))
    x = block(x, "3a", 64, 96, 128, 16, 32, 32)
    x = halve(block(x, "3b", 128, 128, 192, 32, 96, 64))
    x = block(x, "4a", 192, 96, 208, 16, 48, 64)
    lower = head(x, "loss1")
    x = block(x, "4b", 160, 112, 224, 24, 64, 64)
    x = block(x, "4c", 128, 128, 256, 24, 64, 64)
    x = block(x, "4d", 112, 144, 288, 32, 64, 64)
    upper = head(x, "loss2")
    x = halve(block(x, "4e", 256, 160, 320, 32, 128, 128))
    x = block(x, "5a", 256, 160, 320, 32, 128, 128)
    x = block(x, "5b", 384, 192, 384, 48, 128, 128)
    return [linear(x.mean((2, 3)), "loss3/classifier", CLASSES), lower, upper]


references = {
    "torchvision-inception-v3": torchvision_inception_v3,
    "torchvision-googlenet": torchvision_googlenet,
    "timm-inception-v3": timm_inception_v3,
    "keras-inception-v3": keras_inception_v3,
    "slim-inception-v1": lambda: slim(1, 224),
    "slim-inception-v2": lambda: slim(2, 224),
    "slim-inception-v3": lambda: slim(3, 299),
    "caffe-googlenet": caffe_googlenet,
}

if __name__ == "__main__":
    folder, *wanted = sys.argv[1:]
    for name in wanted or [name for name in references if not name.startswith("slim")]:
        SHAPES.clear()
        outputs = [np.asarray(output, dtype=np.float64).reshape(-1) for output in references[name]()]
        print(name, [f"{len(o)}: {o.min():.3f} to {o.max():.3f}, deviation {o.std():.3f}" for o in outputs])
        logits, *auxiliary = [[round(float(value), 6) for value in output] for output in outputs]
        with open(os.path.join(folder, f"{name}.json"), "w") as file:
            lines = "".join(f"{tensor} {shape}\n" for tensor, shape in sorted(SHAPES.items()))
            tensors = {"count": len(SHAPES), "sha256": hashlib.sha256(lines.encode()).hexdigest()}
            json.dump({"tensors": tensors, "logits": logits, "auxiliary": auxiliary}, file)
            file.write("\n")
