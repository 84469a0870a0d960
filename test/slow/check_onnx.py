# ONNX files as their own checker and another onnxruntime see them: python check_onnx.py FILE.onnx ...
# Needs onnx, onnxruntime and numpy. For each file: the checker's verdict with inferred shapes, the graph's size, and how far
# the logits of four random pictures taken together are from those of each alone.
import sys

import numpy as np
import onnx
import onnxruntime as ort

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    (taken,) = session.get_inputs()
    shape = [4 if isinstance(side, str) else side for side in taken.shape]
    random = np.random.default_rng(1)
    if taken.type == "tensor(uint8)":
        pictures = random.integers(0, 256, shape, dtype=np.uint8)
    else:
        pictures = random.uniform(-1, 1, shape).astype(np.float32)
    together, probabilities = session.run(["logits", "probabilities"], {taken.name: pictures})
    alone = np.concatenate([session.run(["logits"], {taken.name: one[None]})[0] for one in pictures])
    difference = np.abs(together - alone).max()
    assert difference < 1e-4 and np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    print(f"{path}: checked, {len(model.graph.node)} nodes, logits {together.shape}, alone and together {difference:.1e}")
