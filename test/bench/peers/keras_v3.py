"""Inception V3 in Keras 3 on TensorFlow, each step one tf.function: the same work as the project's own."""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # off by default without AVX-512, and slower there

import keras
import tensorflow as tf
from keras import layers

from turns import arguments, check_parameters, take_turns

CLASSES = 1000
LEARNING_RATE, RMS_DECAY, MOMENTUM, EPSILON = 0.045, 0.9, 0.9, 1.0
WEIGHT_DECAY, CLIP_NORM, SMOOTHING, AUXILIARY_WEIGHT = 4e-5, 2.0, 0.1, 0.4
BATCH_NORM_DECAY, AVERAGE_DECAY = 0.9997, 0.9999


def inception_v3(size, auxiliary):
    """Keras' own network with a learned batch-norm scale, dropout and, for training, the auxiliary head."""
    base = keras.applications.InceptionV3(weights=None, include_top=False, input_shape=(size, size, 3))
    base = keras.models.clone_model(base, clone_function=adapted)
    features = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(base.output))
    outputs = [layers.Dense(CLASSES, dtype="float32")(features)]
    kernel = None
    if auxiliary:
        x = layers.AveragePooling2D(5, strides=3)(base.get_layer("mixed7").output)
        kernel = min(x.shape[1], 5)
        x = conv(conv(x, 128, 1), 768, kernel)
        outputs.append(layers.Dense(CLASSES, dtype="float32")(layers.GlobalAveragePooling2D()(x)))
    model = keras.Model(base.input, outputs)
    check_parameters(sum(v.value.shape.num_elements() for v in model.trainable_variables), kernel)
    return model


def adapted(layer):
    config = layer.get_config()
    if isinstance(layer, layers.BatchNormalization):
        config.update(scale=True, momentum=BATCH_NORM_DECAY)
    if isinstance(layer, layers.Conv2D):
        config.update(kernel_initializer="he_normal")
    return type(layer).from_config(config)


def conv(x, filters, kernel):
    x = layers.Conv2D(filters, kernel, use_bias=False, kernel_initializer="he_normal")(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=BATCH_NORM_DECAY)(x))


def training_step(options):
    model = inception_v3(options.size, auxiliary=True)
    weights = [v.value for v in model.trainable_variables]
    state = weights + [v.value for v in model.non_trainable_variables if v.dtype == "float32"]
    mean_squares = [tf.Variable(tf.ones_like(w)) for w in weights]
    momenta = [tf.Variable(tf.zeros_like(w)) for w in weights]
    averages = [tf.Variable(value) for value in state]
    steps = tf.Variable(0.0)
    images, labels = batch(options)

    def head_loss(logits):
        targets = (1 - SMOOTHING) * tf.one_hot(labels, CLASSES) + SMOOTHING / CLASSES
        return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, logits))

    @tf.function
    def update():
        with tf.GradientTape() as tape:
            logits, auxiliary = model(scaled(images), training=True)
            loss = head_loss(logits) + AUXILIARY_WEIGHT * head_loss(auxiliary)
        gradients = tape.gradient(loss, weights)
        gradients = [g + WEIGHT_DECAY * w if len(w.shape) > 1 else g for g, w in zip(gradients, weights)]
        gradients, _ = tf.clip_by_global_norm(gradients, CLIP_NORM)
        for w, square, momentum, gradient in zip(weights, mean_squares, momenta, gradients):
            tf.raw_ops.ResourceApplyRMSProp(
                var=w.handle, ms=square.handle, mom=momentum.handle, lr=LEARNING_RATE,
                rho=RMS_DECAY, momentum=MOMENTUM, epsilon=EPSILON, grad=gradient,
            )  # fmt: skip
        decay = tf.minimum(AVERAGE_DECAY, (1 + steps) / (10 + steps))
        for average, value in zip(averages, state):
            average.assign_sub((average - value) * (1 - decay))
        steps.assign_add(1)
        return loss

    return lambda: update().numpy()


def inference_step(options):
    model = inception_v3(options.size, auxiliary=False)
    images, _ = batch(options)

    @tf.function
    def infer():
        return tf.nn.softmax(model(scaled(images), training=False))

    return lambda: infer().numpy()


def batch(options):
    shape = (options.batch, options.size, options.size, 3)
    images = tf.Variable(tf.cast(tf.random.uniform(shape, 0, 256, tf.int32), tf.uint8))
    return images, tf.Variable(tf.random.uniform((options.batch,), 0, CLASSES, tf.int32))


def scaled(images):
    return tf.cast(images, tf.float32) / 127.5 - 1


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    chosen = arguments()
    keras.config.set_dtype_policy("mixed_bfloat16" if chosen.precision == "bfloat16" else "float32")
    take_turns((training_step if chosen.mode == "train" else inference_step)(chosen), chosen)
