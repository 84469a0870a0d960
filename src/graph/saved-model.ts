// A graph as the bytes of saved_model.pb.
import { graphDef, messageBytes, type Signature, signatureDef } from "./graph-def.ts";
import type { Graph } from "./node.ts";

/** Bytes of a SavedModel tagged `serve` that holds this graph and, where one is given, its signature, the default one. */
export const savedModel = (graph: Pick<Graph, "nodes">, signature?: Signature): Uint8Array =>
  savedModelOf(graphDef(graph), signature && signatureDef(signature));

/** The same of messages. */
export const savedModelOf = (graph: object, signature?: object): Uint8Array =>
  messageBytes("SavedModel", {
    savedModelSchemaVersion: 1,
    metaGraphs: [
      {
        metaInfoDef: { tags: ["serve"], tensorflowVersion: "2.9.0" },
        graphDef: graph,
        signatureDef: signature ? { [defaultSignature]: signature } : {},
      },
    ],
  });

/** Where programs look that are told no name. */
export const defaultSignature = "serving_default";
