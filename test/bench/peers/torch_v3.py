"""Inception V3 in PyTorch, channels_last, eager or compiled: the same training step and inference as the project's own."""

import torch
import torch._inductor.config
from torch import nn
from torch.nn import functional as F

from turns import arguments, check_parameters, take_turns

CLASSES = 1000
LEARNING_RATE, RMS_DECAY, MOMENTUM, EPSILON = 0.045, 0.9, 0.9, 1.0
WEIGHT_DECAY, CLIP_NORM, SMOOTHING, AUXILIARY_WEIGHT = 4e-5, 2.0, 0.1, 0.4
BATCH_NORM_DECAY, AVERAGE_DECAY = 0.9997, 0.9999


class Conv(nn.Sequential):
    """Convolution without bias, batch norm, ReLU; padded to keep the grid unless told otherwise."""

    def __init__(self, inputs, filters, kernel, stride=1, same=True):
        kernel = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        padding = tuple(k // 2 for k in kernel) if same else 0
        super().__init__(
            nn.Conv2d(inputs, filters, kernel, stride, padding, bias=False),
            nn.BatchNorm2d(filters, eps=0.001, momentum=1 - BATCH_NORM_DECAY),
            nn.ReLU(inplace=True),
        )


class Branches(nn.Module):
    """Runs its branches on the same input and joins them on channels."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def average_pool():
    return nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)


def block_a(inputs, pool):
    return Branches(
        Conv(inputs, 64, 1),
        nn.Sequential(Conv(inputs, 48, 1), Conv(48, 64, 5)),
        nn.Sequential(Conv(inputs, 64, 1), Conv(64, 96, 3), Conv(96, 96, 3)),
        nn.Sequential(average_pool(), Conv(inputs, pool, 1)),
    )


def block_b(inputs):
    return Branches(
        Conv(inputs, 384, 3, 2, same=False),
        nn.Sequential(Conv(inputs, 64, 1), Conv(64, 96, 3), Conv(96, 96, 3, 2, same=False)),
        nn.MaxPool2d(3, 2),
    )


def block_c(n):
    row, column = (1, 7), (7, 1)
    return Branches(
        Conv(768, 192, 1),
        nn.Sequential(Conv(768, n, 1), Conv(n, n, row), Conv(n, 192, column)),
        nn.Sequential(
            Conv(768, n, 1), Conv(n, n, column), Conv(n, n, row), Conv(n, n, column), Conv(n, 192, row)
        ),
        nn.Sequential(average_pool(), Conv(768, 192, 1)),
    )


def block_d():
    return Branches(
        nn.Sequential(Conv(768, 192, 1), Conv(192, 320, 3, 2, same=False)),
        nn.Sequential(
            Conv(768, 192, 1), Conv(192, 192, (1, 7)), Conv(192, 192, (7, 1)), Conv(192, 192, 3, 2, same=False)
        ),
        nn.MaxPool2d(3, 2),
    )


def block_e(inputs):
    def fork():
        return Branches(Conv(384, 384, (1, 3)), Conv(384, 384, (3, 1)))

    return Branches(
        Conv(inputs, 320, 1),
        nn.Sequential(Conv(inputs, 384, 1), fork()),
        nn.Sequential(Conv(inputs, 448, 1), Conv(448, 384, 3), fork()),
        nn.Sequential(average_pool(), Conv(inputs, 192, 1)),
    )


class Head(nn.Sequential):
    def __init__(self):
        super().__init__(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(2048, CLASSES))


class AuxiliaryHead(nn.Sequential):
    def __init__(self, kernel):
        super().__init__(
            nn.AvgPool2d(5, 3),
            Conv(768, 128, 1),
            Conv(128, 768, kernel, same=False),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(768, CLASSES),
        )


class InceptionV3(nn.Module):
    """uint8 images [batch, height, width, 3] to logits; with an auxiliary kernel, to those of both heads."""

    def __init__(self, auxiliary_kernel=None):
        super().__init__()
        self.trunk = nn.Sequential(
            Conv(3, 32, 3, 2, same=False),
            Conv(32, 32, 3, same=False),
            Conv(32, 64, 3),
            nn.MaxPool2d(3, 2),
            Conv(64, 80, 1),
            Conv(80, 192, 3, same=False),
            nn.MaxPool2d(3, 2),
            block_a(192, 32),
            block_a(256, 64),
            block_a(288, 64),
            block_b(288),
            block_c(128),
            block_c(160),
            block_c(160),
            block_c(192),
        )
        self.top = nn.Sequential(block_d(), block_e(1280), block_e(2048), Head())
        self.auxiliary = AuxiliaryHead(auxiliary_kernel) if auxiliary_kernel else None
        initialize(self)
        check_parameters(sum(p.numel() for p in self.parameters()), auxiliary_kernel)

    def forward(self, images):
        middle = self.trunk(scaled(images))
        logits = self.top(middle)
        return logits if self.auxiliary is None else (logits, self.auxiliary(middle))


def scaled(images):
    return images.permute(0, 3, 1, 2).float() / 127.5 - 1


def initialize(model):
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")


def auxiliary_kernel(size):
    """5, or less where the pooled 17x17-grid is smaller than that."""
    grid = size
    for kernel, stride in [(3, 2), (3, 1), (3, 2), (3, 1), (3, 2), (3, 2), (5, 3)]:
        grid = (grid - kernel) // stride + 1
    if grid < 1:
        raise SystemExit(f"the auxiliary head does not fit an input of {size} pixels")
    return min(grid, 5)


class RmsProp:
    """TensorFlow's RMSProp after weight decay and clipping, and the running average of all state."""

    def __init__(self, model):
        self.parameters = list(model.parameters())
        self.decayed = [p for p in self.parameters if p.dim() > 1]
        self.mean_squares = [torch.ones_like(p) for p in self.parameters]
        self.momenta = [torch.zeros_like(p) for p in self.parameters]
        self.state = self.parameters + [b for b in model.buffers() if b.is_floating_point()]
        self.averages = [value.detach().clone() for value in self.state]
        self.steps = 0

    @torch.no_grad()
    def step(self):
        torch._foreach_add_([p.grad for p in self.decayed], self.decayed, alpha=WEIGHT_DECAY)
        nn.utils.clip_grad_norm_(self.parameters, CLIP_NORM, foreach=True)
        gradients = [p.grad for p in self.parameters]
        torch._foreach_mul_(self.mean_squares, RMS_DECAY)
        torch._foreach_addcmul_(self.mean_squares, gradients, gradients, value=1 - RMS_DECAY)
        roots = torch._foreach_add(self.mean_squares, EPSILON)
        torch._foreach_sqrt_(roots)
        torch._foreach_mul_(self.momenta, MOMENTUM)
        torch._foreach_addcdiv_(self.momenta, gradients, roots, value=LEARNING_RATE)
        torch._foreach_sub_(self.parameters, self.momenta)
        decay = min(AVERAGE_DECAY, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(self.averages, self.state, 1 - decay)
        self.steps += 1


def training_step(options, model):
    """`model` gives the logits of its head, or of it and of an auxiliary one."""
    model = model.to(options.device, memory_format=torch.channels_last).train()
    optimizer = RmsProp(model)
    forward = compiled(model, options)
    images, labels = batch(options)
    labels = labels.to(options.device)

    def step():
        with autocast(options):
            heads = forward(images.to(options.device, non_blocking=True))
        logits, *auxiliary = heads if isinstance(heads, tuple) else (heads,)
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=SMOOTHING)
        for other in auxiliary:
            loss = loss + AUXILIARY_WEIGHT * F.cross_entropy(other.float(), labels, label_smoothing=SMOOTHING)
        for parameter in optimizer.parameters:
            parameter.grad = None
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def inference_step(options, model):
    model = model.to(options.device, memory_format=torch.channels_last).eval()
    forward = compiled(model, options)
    images, _ = batch(options)

    def step():
        with torch.inference_mode(), autocast(options):
            return torch.softmax(forward(images.to(options.device, non_blocking=True)).float(), 1).cpu()

    return step


def compiled(model, options):
    """By TorchInductor with --compile: for inference with weights as constants, so that they are folded and packed."""
    if not options.compile:
        return model
    torch._inductor.config.freezing = options.mode == "eval"
    return torch.compile(model)


def batch(options):
    shape = (options.batch, options.size, options.size, 3)
    images, labels = torch.randint(0, 256, shape, dtype=torch.uint8), torch.randint(0, CLASSES, (options.batch,))
    return images.pin_memory() if options.device == "cuda" else images, labels


def autocast(options):
    return torch.autocast(options.device, dtype=torch.bfloat16, enabled=options.precision == "bfloat16")


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = False
    chosen = arguments()
    if chosen.mode == "train":
        take_turns(training_step(chosen, InceptionV3(auxiliary_kernel(chosen.size))), chosen)
    else:
        take_turns(inference_step(chosen, InceptionV3()), chosen)
