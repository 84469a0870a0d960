// What exists only where a condition holds.

import type { Control } from "../operation-names.ts";
import { type Definitions, must, mustBe } from "./definition.ts";

export const control: Definitions<Control> = {
  /** The value where the condition does not hold, and the value where it does. */
  Switch: {
    outputs([value, condition]) {
      must(condition!.dtype === "bool", `a condition is bool, got ${condition!.dtype}`);
      mustBe(condition!, [], "a condition");
      return [value!, value!];
    },
    gradient: "none",
  },
  /** The input that there is, and its number. */
  Merge: {
    outputs([first, ...others]) {
      for (const other of others) mustBe(other, first!.shape, "what is merged");
      return [first!, { dtype: "int32", shape: [] }];
    },
    gradient: "none",
  },
};
