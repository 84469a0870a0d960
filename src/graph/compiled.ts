// What TensorFlow's compiler (XLA) makes kernels of: it joins marked nodes that depend on one another.
import type { Node } from "./node.ts";

/**
 * The same nodes; those from this index on are marked. What the compiler does not know stays outside by itself. Random numbers stay there
 * too: its own are others for the same seed.
 */
export const compiledFrom = (nodes: readonly Node[], from: number): Node[] =>
  nodes.map((node, index) =>
    index < from || node.op.startsWith("StatelessRandom")
      ? node
      : { ...node, attributes: { ...node.attributes, _XlaCompile: { bool: true } } },
  );
