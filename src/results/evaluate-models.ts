// Models and pictures together: each model alone, then all of them as one, and the files with the results.
import type { Model } from "../evaluate/model.ts";
import { readSaved, type Saved } from "../evaluate/saved.ts";
import { makeNumbered } from "../run/folder.ts";
import { readBlacklist, requireUse } from "./blacklist.ts";
import { writeResult } from "./evaluation-files.ts";
import { type EvaluationResult, ensembleResult, type ResultContext, resultOf } from "./evaluation-result.ts";
import { groupingOf, readGroups } from "./groups.ts";
import { type Joined, joinShards } from "./join-shards.ts";
import { requireSame } from "./result-folder.ts";
import { readRightLabels, rightClasses } from "./right-labels.ts";
import {
  type EvaluationRequest,
  type EvaluationSetting,
  openSubject,
  type Stopped,
  scoreModels,
} from "./score-models.ts";

/** A result and the folder that it was written to; or how far it had come when it was stopped. */
export type Evaluated = { readonly result: EvaluationResult; readonly folder: string };
export type EvaluationEnd = Evaluated | Stopped;

/** Each model over the same pictures, then all together where there are several. Every model's result is written as soon as it is whole. */
export async function evaluateModels(
  chosen: readonly Model[],
  asked: EvaluationRequest,
  { validationOf, trainingOf, ...setting }: EvaluationSetting,
): Promise<EvaluationEnd> {
  const lists = openLists(asked);
  const subject = await openSubject(chosen, asked, { validationOf, trainingOf });
  const { listing, request } = subject;
  const context = { ...lists, source: listing.path };
  const names = listing.items.map(({ name }) => name);
  if (lists.blacklist) requireUse(lists.blacklist, names);
  if (lists.groups) groupingOf(lists.groups, names);
  if (lists.real) rightClasses(lists.real, { names, classes: listing.classes.slice(request.backgroundClass ? 1 : 0) });
  return scoreModels<Evaluated, Evaluated>(subject, setting, {
    take({ folder, scores, fresh }) {
      const result = { ...resultOf(scores, context), fresh };
      writeResult(folder, result);
      return { folder, result };
    },
    end: (members) =>
      members.length === 1
        ? members[0]!
        : writeEnsemble(
            members.map(({ folder, result }) => ({ path: folder, ...result.scores })),
            request,
            context,
          ),
  });
}

/** Stored results, their shards put together, then averaged anew: no engine and no pictures needed. */
export function recombine(
  folders: readonly string[],
  request: Pick<EvaluationRequest, "output" | "blacklist" | "groups" | "real">,
): Evaluated & Pick<Joined, "warnings"> {
  const given = folders.map((folder) => readSaved(folder));
  const { results, warnings } = joinShards(given);
  const isOneOfShards = results.length === 1 && given[0]!.shard !== undefined;
  const write = isOneOfShards ? writeJoined : writeEnsemble;
  return { ...write(results, request, openLists(request)), warnings };
}

/** As one pass gives it. */
function writeJoined([whole]: readonly Saved[], request: Pick<EvaluationRequest, "output">, context: ResultContext) {
  const { path: _, ...scores } = whole!;
  return writeTogether(resultOf(scores, context), "joined", request);
}

function writeEnsemble(members: readonly Saved[], request: Pick<EvaluationRequest, "output">, context: ResultContext) {
  return writeTogether(ensembleResult(members, context), "ensemble", request);
}

function writeTogether(
  result: EvaluationResult,
  name: string,
  { output }: Pick<EvaluationRequest, "output">,
): Evaluated {
  if (output !== undefined) requireSame(output, result.scores);
  const folder = output ?? makeNumbered("runs/eval", name);
  writeResult(folder, result);
  return { result, folder };
}

type Lists = Pick<EvaluationRequest, "blacklist" | "groups" | "real">;
const openLists = ({ blacklist, groups, real }: Lists): ResultContext => ({
  ...(blacklist === undefined ? {} : { blacklist: readBlacklist(blacklist) }),
  ...(groups === undefined ? {} : { groups: readGroups(groups) }),
  ...(real === undefined ? {} : { real: readRightLabels(real) }),
});
