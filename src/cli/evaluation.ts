// `inception eval` on a terminal: the models chosen, their pictures, and a bar for each.
import { UserError } from "../errors.ts";
import type { Model } from "../evaluate/model.ts";
import type { Shard } from "../evaluate/shard.ts";
import type { Listing } from "../images/sources/source.ts";
import { type EvaluationEnd, evaluateModels } from "../results/evaluate-models.ts";
import { type EvaluatedShard, evaluateShard } from "../results/evaluate-shard.ts";
import type { EvaluationRequest, EvaluationSetting, Stopped } from "../results/score-models.ts";
import { openSets, trainingOf } from "../train/training.ts";
import { formatDuration, progressBar } from "./progress.ts";

export const evaluateAloud = (
  models: readonly Model[],
  request: EvaluationRequest,
  signal: AbortSignal,
): Promise<EvaluationEnd> =>
  evaluateModels(judged(models, request), request, { validationOf, trainingOf, watch: barOf(request), signal });

export const evaluateShardAloud = (
  models: readonly Model[],
  shard: Shard,
  request: EvaluationRequest,
  signal: AbortSignal,
): Promise<EvaluatedShard | Stopped> =>
  evaluateShard(judged(models, request), shard, request, { validationOf, trainingOf, watch: barOf(request), signal });

const judged = (models: readonly Model[], { data }: EvaluationRequest): readonly Model[] =>
  data === undefined ? models : models.map(judgedOn(data));

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
