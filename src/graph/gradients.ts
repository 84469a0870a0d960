// Reverse-mode differentiation, by the rule in each operation's definition.
import { isFloating } from "./definitions/definition.ts";
import { definitions } from "./definitions/table.ts";
import type { Kernels } from "./kernels.ts";
import type { Graph, Node, Value } from "./node.ts";
import * as op from "./operations.ts";
import { sameShape } from "./shape.ts";

/**
 * d loss / d each of `wrt`, floating-point values of the graph that the loss, a float32 scalar, depends on; one may depend on another. Throws
 * (our bug) where it does not depend on one, or where a gradient is missing on the way or has not the type of its value.
 */
export function gradients(graph: Graph, loss: Value, wrt: readonly Value[], kernels: Kernels = "tensorflow"): Value[] {
  const forward = [...graph.nodes];
  const reached = dependents(forward, wrt);
  const collected = new Map<string, Value[]>();
  const collect = (value: Value, gradient: Value): void =>
    void collected.set(key(value), [...(collected.get(key(value)) ?? []), gradient]);
  const total = (value: string): Value | undefined => {
    const parts = collected.get(value);
    if (!parts) return undefined;
    const sum = op.addAll(graph, alike(graph, parts));
    collected.set(value, [sum]);
    return sum;
  };

  const seed = op.scalar(graph, 1);
  if (!sameType(loss, seed)) throw new Error(`the loss is ${typeOf(loss)}, expected ${typeOf(seed)}`);
  collect(loss, seed);
  for (const node of forward.reverse()) {
    if (!node.inputs.some((input) => reached.has(input.node))) continue;
    const incoming = node.outputs.map((_, output) => total(key({ node, output })));
    if (incoming.every((gradient) => gradient === undefined)) continue;
    const { gradient } = definitions[node.op];
    if (gradient === "none") continue;
    if (gradient === "refused") throw new Error(`${node.op} (${node.name}) has no gradient`);
    const makers = gradient({ graph, node, incoming, kernels });
    for (const [position, input] of node.inputs.entries()) {
      if (!reached.has(input.node) || !isFloating(input)) continue;
      const found = makers[position]?.();
      if (!found || !isGradientOf(found, input)) {
        const what = found ? `a gradient of ${typeOf(found)}` : "no gradient";
        const where = `its input ${position}, ${key(input)}, ${typeOf(input)}`;
        throw new Error(`${node.op} (${node.name}) has ${what} for ${where}`);
      }
      collect(input, found);
    }
  }
  return wrt.map((value) => {
    const gradient = total(key(value));
    if (!gradient) throw new Error(`the loss does not depend on ${key(value)}`);
    return gradient;
  });
}

const key = ({ node, output }: Pick<Value, "node" | "output">): string => `${node.name}:${output}`;

const sameType = (a: Value, b: Value): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape);
/** A value in bfloat16 may have a gradient in float32: the more exact one, which a cast before it takes as it is. */
const isGradientOf = (found: Value, value: Value): boolean =>
  sameShape(found.shape, value.shape) && (found.dtype === value.dtype || found.dtype === "float32");
const alike = (graph: Graph, parts: readonly Value[]): readonly Value[] =>
  parts.every(({ dtype }) => dtype === parts[0]!.dtype) ? parts : parts.map((part) => op.cast(graph, part, "float32"));
const typeOf = ({ dtype, shape }: Value): string => `${dtype} [${shape}]`;

/** The nodes that depend on any of these values, themselves included. */
function dependents(nodes: readonly Node[], values: readonly Value[]): ReadonlySet<Node> {
  const reached = new Set(values.map((value) => value.node));
  for (const node of nodes) if (node.inputs.some((input) => reached.has(input.node))) reached.add(node);
  return reached;
}
