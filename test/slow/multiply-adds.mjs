// Multiply-adds of a pass of a convolution; of the project's own kernels, those that its definition has. 0 of any other operation.
import { elements } from "../../dist/graph/shape.js";

export function multiplyAdds({ op, inputs, outputs, attributes }) {
  const places = ([a, b, c]) => a * b * c;
  const [first, second] = inputs;
  switch (op) {
    case "Conv2D":
      return places(outputs[0].shape) * elements(second.shape);
    case "Conv2DBackpropInput":
      return places(inputs[2].shape) * elements(second.shape);
    case "Conv2DBackpropFilter":
      return places(inputs[2].shape) * elements(outputs[0].shape);
    case "InceptionConvolution": {
      const kernel = attributes.kernel.ints;
      return places(attributes.backward.bool ? first.shape : outputs[0].shape) * elements(kernel);
    }
    case "InceptionConvolutions": {
      const { sources, targets, count } = attributes;
      const filters = inputs.slice(sources.int, sources.int + count.int);
      const map = targets.int > 1 ? outputs[0] : first;
      return filters.reduce((sum, filter) => sum + places(map.shape) * elements(filter.shape), 0);
    }
    case "InceptionFilterGradient":
    case "InceptionFilterGradients":
      return outputs.reduce((sum, filter) => sum + places(second.shape) * elements(filter.shape), 0);
    default:
      return 0;
  }
}
