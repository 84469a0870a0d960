// A part of an evaluation: the scores of some of the pictures, for whoever puts all parts together.
import type { Model } from "../evaluate/model.ts";
import { writeSaved } from "../evaluate/saved.ts";
import type { Shard } from "../evaluate/shard.ts";
import {
  type EvaluationRequest,
  type EvaluationSetting,
  openSubject,
  type Stopped,
  scoreModels,
} from "./score-models.ts";

export interface EvaluatedShard {
  /** A folder for each model. */
  readonly folders: readonly string[];
  /** Numbers of its pictures among those listed, the first one's 1. */
  readonly pictures: { readonly first: number; readonly last: number; readonly listed: number };
  /** Of the first model; the pictures are the same for all. */
  readonly rejected: readonly { readonly name: string; readonly reason: string }[];
}

/** Writes each model's scores over the part, without figures: those of a part say nothing of the whole. */
export async function evaluateShard(
  chosen: readonly Model[],
  part: Shard,
  asked: EvaluationRequest,
  { validationOf, trainingOf, ...setting }: EvaluationSetting,
): Promise<EvaluatedShard | Stopped> {
  const subject = await openSubject(chosen, { ...asked, part }, { validationOf, trainingOf });
  const { first, listed } = subject.part!;
  return scoreModels(subject, setting, {
    take({ folder, scores }) {
      writeSaved(folder, scores);
      return { folder, rejected: scores.rejected };
    },
    end: (members): EvaluatedShard => ({
      folders: members.map(({ folder }) => folder),
      pictures: { first: first + 1, last: first + subject.listing.items.length, listed },
      rejected: members[0]!.rejected,
    }),
  });
}
