// Where a window slides, read from the attributes of TensorFlow's operations on maps.
import { slide, zerosAround } from "../../network/grid.ts";
import { attribute } from "../attributes.ts";
import type { Attributes } from "../node.ts";
import type { Dims } from "../shape.ts";
import { must } from "./definition.ts";

/** The same on both sides. */
export const strideOf = (attributes: Attributes): number => attribute(attributes, "strides", "ints")[1]!;

/** [batch, height, width] after a kernel of [height, width, ...] has slid over the map. */
export function slid(map: Dims, kernel: Dims, attributes: Attributes): Dims {
  const stride = strideOf(attributes);
  const padding = attribute(attributes, "padding", "text");
  const sides = [0, 1].map((side) => {
    const [before, after] = explicitZeros(attributes, side);
    const length = map[side + 1]! + before + after;
    return slide(length, kernel[side]!, { stride, padding: padding === "SAME" ? "same" : "valid" });
  });
  must(Math.min(...sides) > 0, `a window of ${kernel[0]}x${kernel[1]} does not fit [${map}]`);
  return [map[0]!, ...sides];
}

/** Zeros above and to the left of a map. */
export function zerosBefore(map: Dims, kernel: Dims, attributes: Attributes): number[] {
  const [, ...output] = slid(map, kernel, attributes);
  const explicit = attribute(attributes, "padding", "text") === "EXPLICIT";
  return [0, 1].map((side) =>
    explicit
      ? explicitZeros(attributes, side)[0]
      : zerosAround(map[side + 1]!, output[side]!, kernel[side]!, strideOf(attributes))[0],
  );
}

const explicitZeros = (attributes: Attributes, side: number): readonly [number, number] => {
  if (attribute(attributes, "padding", "text") !== "EXPLICIT") return [0, 0];
  const zeros = attribute(attributes, "explicit_paddings", "ints");
  return [zeros[2 * side + 2]!, zeros[2 * side + 3]!];
};
