// Every document that a command prints with --json, by the name in its key `schema`.
import { ablationResultsSchema } from "../../ablate/document.ts";
import { comparisonSchema } from "../../results/comparison-document.ts";
import type { DocumentOf } from "../../results/document.ts";
import { evaluationSchema } from "../../results/evaluation-schema.ts";
import { ablationPlanSchema } from "./ablation-plan.ts";
import {
  checkpointDiffSchema,
  checkpointListSchema,
  checkpointPruneSchema,
  checkpointVerifySchema,
} from "./checkpoints.ts";
import { evaluatedShardSchema, evaluationsSchema } from "./evaluations.ts";
import { configCheckSchema, configSchema, errorSchema, findRateSchema, trainSchema } from "./experiment.ts";
import { explainSchema } from "./explain.ts";
import { benchKernelsSchema, benchReduceSchema, benchSchema, doctorSchema, setupSchema } from "./machine.ts";
import { costComparisonSchema, costSchema } from "./network.ts";
import { cropsSchema, dataCheckSchema, dataIndexSchema, predictSchema } from "./pictures.ts";
import { reportSchema } from "./report.ts";
import { exportSchema, importSchema, weightsGetSchema, weightsSchema } from "./weights.ts";

export const printedSchemas = {
  "inception.ablate-plan/2": ablationPlanSchema,
  "inception.ablate/2": ablationResultsSchema,
  "inception.bench-kernels/3": benchKernelsSchema,
  "inception.bench-reduce/1": benchReduceSchema,
  "inception.bench/1": benchSchema,
  "inception.checkpoint-diff/1": checkpointDiffSchema,
  "inception.checkpoint-list/1": checkpointListSchema,
  "inception.checkpoint-prune/1": checkpointPruneSchema,
  "inception.checkpoint-verify/1": checkpointVerifySchema,
  "inception.compare/2": comparisonSchema,
  "inception.config-check/1": configCheckSchema,
  "inception.config/1": configSchema,
  "inception.cost-comparison/1": costComparisonSchema,
  "inception.cost/1": costSchema,
  "inception.data-check/2": dataCheckSchema,
  "inception.data-index/1": dataIndexSchema,
  "inception.doctor/1": doctorSchema,
  "inception.eval-each/1": evaluationsSchema,
  "inception.eval-shard/1": evaluatedShardSchema,
  "inception.eval.crops/1": cropsSchema,
  "inception.eval/3": evaluationSchema,
  "inception.explain/1": explainSchema,
  "inception.export/2": exportSchema,
  "inception.find-rate/1": findRateSchema,
  "inception.import/1": importSchema,
  "inception.predict/1": predictSchema,
  "inception.report/1": reportSchema,
  "inception.setup/1": setupSchema,
  "inception.error/1": errorSchema,
  "inception.train/2": trainSchema,
  "inception.weights-get/1": weightsGetSchema,
  "inception.weights/1": weightsSchema,
} as const;

export type PrintedDocuments = {
  readonly [Name in keyof typeof printedSchemas]: DocumentOf<(typeof printedSchemas)[Name]>;
};
