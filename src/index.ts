// What programs import: `import { train, evaluate, predict, openModel, explain } from "inception"`.
export { type Explained, type ExplainedHeat, explain } from "./api/explain.ts";
export {
  type Evaluated,
  type EvaluateOptions,
  evaluate,
  type OpenOptions,
  openModel,
  type Predicted,
  predict,
} from "./api/model.ts";
export { type Trained, type TrainOptions, train } from "./api/train.ts";
export type { Experiment, WrittenExperiment } from "./config/schema.ts";
export { type ExitReason, exitCodes, UserError } from "./errors.ts";
export type { Model } from "./evaluate/model.ts";
export type { ExplainRequest } from "./explain/request.ts";
