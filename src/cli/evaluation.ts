// `inception eval` on a terminal: the models chosen, their pictures, and a bar for each.
import type { Model } from "../evaluate/model.ts";
import {
  type EvaluationEnd,
  type EvaluationRequest,
  type EvaluationSetting,
  evaluateModels,
} from "../results/evaluate-models.ts";
import { openSets } from "../train/training.ts";
import { formatDuration, progressBar } from "./progress.ts";

export const evaluateAloud = (
  models: readonly Model[],
  request: EvaluationRequest,
  signal: AbortSignal,
): Promise<EvaluationEnd> =>
  evaluateModels(models, request, {
    validationOf: async ({ experiment }) => (await openSets(experiment)).validation,
    watch: barOf(request),
    signal,
  });

const barOf =
  ({ crops: protocol }: EvaluationRequest): EvaluationSetting["watch"] =>
  ({ number, models, crops }) => {
    const bar = progressBar(models > 1 ? `eval ${number}/${models}` : "eval", crops);
    return {
      progress({ before, sitting, total, seconds }) {
        const rate = `${(sitting / seconds).toFixed(1)} ${protocol === "single" ? "images" : "crops"}/s`;
        const left = formatDuration((seconds / sitting) * (total - before - sitting));
        bar.update(before + sitting, `${left} left`, rate);
      },
      ended: () => bar.stop(),
    };
  };
