// Variables and what changes them. A gradient is taken of what was read, never of a variable.

import { attribute } from "../attributes.ts";
import type { VariableOperation } from "../operation-names.ts";
import { type Definition, type Definitions, must, nothing } from "./definition.ts";

const effect: Definition = { outputs: nothing, gradient: "none" };

export const variables: Definitions<VariableOperation> = {
  VarHandleOp: { outputs: () => [{ dtype: "resource", shape: [] }], gradient: "none" },
  ReadVariableOp: {
    outputs([handle]) {
      const { op, attributes, name } = handle!.node;
      must(op === "VarHandleOp", `${name} is no variable`);
      return [{ dtype: attribute(attributes, "dtype", "type"), shape: attribute(attributes, "shape", "shape") }];
    },
    gradient: "none",
  },
  AssignVariableOp: effect,
  DestroyResourceOp: effect,
  AssignAddVariableOp: effect,
  AssignSubVariableOp: effect,
  ResourceApplyGradientDescent: effect,
  ResourceApplyMomentum: effect,
  ResourceApplyRMSProp: effect,
  ResourceApplyAdam: effect,
};
