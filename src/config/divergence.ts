// What a run does about a training that diverges.
import { z } from "zod";

const count = z.int().positive();

export const divergenceSchema = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("stop").describe("The run ends, with exit code 4") }),
  z.strictObject({
    name: z.literal("skip-batch").describe("The step changes nothing, and the next one has other pictures"),
    inRow: count.default(10).describe("The most such steps one after the other, before the run ends"),
    total: count.default(100).describe("The most such steps in the run"),
  }),
  z.strictObject({
    name: z.literal("rollback").describe("It goes back to the last good checkpoint and on from there at a lower rate"),
    factor: z.number().gt(0).lt(1).default(0.5).describe("What the rate is multiplied by, each time"),
    times: count.default(3).describe("How often, before the run ends"),
  }),
]);

export const divergenceKeys = {
  onDivergence: divergenceSchema
    .prefault({ name: "stop" })
    .describe("What is done where a loss, a gradient or a weight is not finite"),
};
