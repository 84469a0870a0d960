"""The conv-rate limit: images/s if all of Inception V3 ran at the rate of one good convolution, by PyTorch's kernel."""

import torch
from torch import nn

import turns

# Of one image at 299 px; training costs three times its forward pass, auxiliary head included.
MULTIPLY_ADDS = {"train": 3 * 5_718_899_296, "eval": 5_713_216_096}
GRID, CHANNELS = 35, 192
CONVOLUTIONS_IN_A_STEP = 10

options = turns.arguments()
dtype = getattr(torch, options.precision)
convolution = nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False)
convolution = convolution.to(dtype=dtype, memory_format=torch.channels_last)
pictures = torch.rand(options.batch, CHANNELS, GRID, GRID).to(dtype=dtype, memory_format=torch.channels_last)


def work():
    with torch.inference_mode():
        for _ in range(CONVOLUTIONS_IN_A_STEP):
            convolution(pictures)


def images_per_second(pictures_per_second):
    rate = pictures_per_second * CONVOLUTIONS_IN_A_STEP * GRID**2 * 9 * CHANNELS**2
    return rate / (MULTIPLY_ADDS[options.mode] * (options.size / 299) ** 2)


turns.take_turns(work, options, images_per_second)
