# Writes test/golden/cross-entropy.json: what PyTorch's CrossEntropyLoss gives, and its gradient, with weights of classes, smoothing and two labels.
#   python3 test/golden/cross_entropy.py        (needs torch 2.14.1)
import json
from pathlib import Path

import torch

ROWS, CLASSES = 6, 5
LABELS, SECOND, SHARES = [0, 3, 4, 4, 1, 2], [2, 3, 0, 1, 1, 4], [0.75, 1.0, 0.5, 0.875, 0.625, 0.9375]
WEIGHTS = [0.25, 3.0, 1.0, 0.5, 2.0]


def logits():
    values = [[((row * 7 + column * 5) % 11 - 5) / 4 for column in range(CLASSES)] for row in range(ROWS)]
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def case(weights, smoothing, mixed):
    weight = torch.tensor(weights, dtype=torch.float64) if weights else None
    given = logits()
    if mixed:
        one = torch.nn.CrossEntropyLoss(weight, reduction="none", label_smoothing=smoothing)
        shares = torch.tensor(SHARES, dtype=torch.float64)
        losses = shares * one(given, torch.tensor(LABELS)) + (1 - shares) * one(given, torch.tensor(SECOND))
        loss = losses.mean()
    else:
        loss = torch.nn.CrossEntropyLoss(weight, label_smoothing=smoothing)(given, torch.tensor(LABELS))
    loss.backward()
    return {
        "weights": weights, "smoothing": smoothing, "mixed": mixed,
        "loss": loss.item(), "gradient": [round(value, 9) for value in given.grad.flatten().tolist()],
    }


cases = [case(WEIGHTS, 0.0, False), case(WEIGHTS, 0.1, False), case(None, 0.0, True), case(None, 0.1, True)]
inputs = {"torch": torch.__version__, "rows": ROWS, "classes": CLASSES, "labels": LABELS, "second": SECOND, "shares": SHARES}
lines = ",\n  ".join(json.dumps(one) for one in cases)
Path(__file__).with_name("cross-entropy.json").write_text(f'{json.dumps(inputs)[:-1]}, "cases": [\n  {lines}\n]}}\n')
