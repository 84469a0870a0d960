// `inception eval` on a terminal: the models chosen, their pictures, and a bar for each.
import { UserError } from "../errors.ts";
import type { Model } from "../evaluate/model.ts";
import type { Listing } from "../images/sources/source.ts";
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
  evaluateModels(request.data === undefined ? models : models.map(judgedOn(request.data)), request, {
    validationOf,
    watch: barOf(request),
    signal,
  });

/** Other pictures than those that its run validated on have not chosen a model. */
const judgedOn =
  (data: string) =>
  (model: Model): Model =>
    model.experiment?.data.validation === data ? model : { ...model, chosen: false };

export async function validationOf({ experiment, path }: Model): Promise<Listing> {
  if (experiment !== undefined) return (await openSets(experiment)).validation;
  throw new UserError("usage", `${path} holds weights alone and names no validation pictures`, {
    hint: "say with --data which pictures to evaluate it on",
  });
}

export const barOf =
  ({ crops: protocol }: Pick<EvaluationRequest, "crops">): EvaluationSetting["watch"] =>
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
