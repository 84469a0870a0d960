"""BN-Inception of half width, without the stem's first pool, in PyTorch: the network of configs/imagenette-128.yaml."""

import torch
from torch import nn

from torch_v3 import CLASSES, Branches, Conv, average_pool, initialize, scaled, training_step
from turns import arguments, take_turns

PARAMETERS = 3_060_064


def half(filters):
    wide = max(filters // 2, 16)
    return wide + wide % 2


def pool():
    return nn.MaxPool2d(3, 2, padding=1)


def double(inputs, reduce, filters, stride=1):
    return nn.Sequential(
        Conv(inputs, half(reduce), 1),
        Conv(half(reduce), half(filters), 3),
        Conv(half(filters), half(filters), 3, stride),
    )


def block(inputs, single, three, doubled, branch_pool, projection):
    reduce, filters = three
    return Branches(
        Conv(inputs, half(single), 1),
        nn.Sequential(Conv(inputs, half(reduce), 1), Conv(half(reduce), half(filters), 3)),
        double(inputs, *doubled),
        nn.Sequential(branch_pool, Conv(inputs, half(projection), 1)),
    )


def reduction(inputs, three, doubled):
    reduce, filters = three
    return Branches(
        nn.Sequential(Conv(inputs, half(reduce), 1), Conv(half(reduce), half(filters), 3, 2)),
        double(inputs, *doubled, stride=2),
        pool(),
    )


class HalfBnInception(nn.Sequential):
    """uint8 images [batch, height, width, 3] to logits."""

    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 24, 7, 2, padding=3, groups=3, bias=False),
            Conv(24, 32, 1),
            Conv(32, 32, 1),
            Conv(32, 96, 3),
            pool(),
            block(96, 64, (64, 64), (64, 96), average_pool(), 32),
            block(128, 64, (64, 96), (64, 96), average_pool(), 64),
            reduction(160, (128, 160), (64, 96)),
            block(288, 224, (64, 96), (96, 128), average_pool(), 128),
            block(288, 192, (96, 128), (96, 128), average_pool(), 128),
            block(288, 160, (128, 160), (128, 160), average_pool(), 96),
            block(288, 96, (128, 192), (160, 192), average_pool(), 96),
            reduction(288, (128, 192), (192, 256)),
            block(512, 352, (192, 320), (160, 224), average_pool(), 128),
            block(512, 352, (192, 320), (192, 224), nn.MaxPool2d(3, 1, padding=1), 128),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(512, CLASSES),
        )
        initialize(self)
        count = sum(p.numel() for p in self.parameters())
        if count != PARAMETERS:
            raise SystemExit(f"this network has {count:,} parameters, BN-Inception of half width {PARAMETERS:,}")

    def forward(self, images):
        return super().forward(scaled(images))


if __name__ == "__main__":
    torch.manual_seed(0)
    chosen = arguments()
    take_turns(training_step(chosen, HalfBnInception()), chosen)
