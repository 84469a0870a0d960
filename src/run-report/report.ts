// The report of a run or of an evaluation alone: what is read for it, and its sections one after the other.
import { basename, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { type Html, html, name, nothing } from "../report/html.ts";
import { htmlPage } from "../report/page.ts";
import { withoutHome } from "../run/info.ts";
import { runPaths } from "../run/paths.ts";
import type { Sets } from "../train/training.ts";
import { type Album, fillAlbum, noAlbum } from "./album.ts";
import { calibrationSection } from "./calibration.ts";
import { classesSection } from "./classes.ts";
import { cropsSection } from "./crops.ts";
import { curveFiles, curvesSection } from "./curves.ts";
import { type CropAlbum, cropAlbum, dataSection, samplesOf, wantedSamples } from "./data.ts";
import { evaluationsOf, type ReportedEvaluation, readEvaluation } from "./evaluation.ts";
import { faultsOf } from "./faults.ts";
import { navigation, verdictSection } from "./head.ts";
import { fillLooks, noLooks } from "./looks.ts";
import { type CellPictures, cellPictures, most, wantedOf } from "./mistakes.ts";
import { networkSection } from "./network.ts";
import { type Found, openPictures } from "./pictures.ts";
import { provenanceSection } from "./provenance.ts";
import { type ReportedRun, readRun } from "./run.ts";
import { setSize, verdictOf } from "./standing.ts";
import type { Subject } from "./subject.ts";

export interface ReportOptions {
  /** Bytes of the page that pictures may take; none: it has no pictures, and none are opened for it. */
  readonly budget: number;
  /** The run's pictures where they are open already. */
  readonly sets?: Sets;
}

export interface Report {
  readonly text: string;
  /** Of the evaluation that it shows, if there is one. */
  readonly evaluation: string | undefined;
  readonly pictures: number;
  /** Curves of the run that lie beside it, by file name. */
  readonly drawings: Readonly<Record<string, string>>;
  /** What it lacks, and why. */
  readonly remarks: readonly string[];
}

/** Throws UserError where record, config or evaluation cannot be read; pictures that are gone are a remark. */
export async function runReport(path: string, options: ReportOptions): Promise<Report> {
  const run = await readRun(path);
  const evaluations = evaluationsOf(path);
  const evaluation = evaluations[0] === undefined ? undefined : readEvaluation(evaluations[0]);
  return assemble({ run, evaluation, evaluations }, options);
}

/** Of a folder that `inception eval` wrote. */
export const evaluationReport = (folder: string, options: ReportOptions): Promise<Report> =>
  assemble({ run: undefined, evaluation: readEvaluation(folder), evaluations: [folder] }, options);

async function assemble(subject: Subject, { budget, sets: open }: ReportOptions): Promise<Report> {
  const { run, evaluation, evaluations } = subject;
  const found: Found = await openPictures(subject, { open, wanted: budget > 0 });
  const { sets } = found;
  const cells = cellsOf(evaluation);
  const crops = budget > 0 && run && sets ? await cropsOf(run, sets) : undefined;
  const faults = budget > 0 && run && sets ? await faultsOf(sets, runPaths(run.path).rejected) : undefined;
  const looks = budget > 0 ? await fillLooks(subject, found.itemOf, budget / 4) : noLooks;
  const album = budget > 0 ? await pictures(evaluation, cells, found, budget - looks.album.bytes) : noAlbum;
  const remarks = [...found.remarks, ...looks.remarks];
  const title = run?.path ?? evaluation!.folder;
  const sections = [
    ["curves", "Curves", run && curvesSection(curved(run, found))],
    ["data", "Data", sets && dataSection(sets, { album, crops, faults })],
    ["classes", "Classes", evaluation && classesSection(evaluation, cells, album, looks.album)],
    ["calibration", "Calibration", evaluation && calibrationSection(evaluation.summary)],
    ["crops", "Crops", evaluation && cropsSection(evaluation.summary)],
    ["network", "Network", run && networkOf(run)],
    ["provenance", "Provenance", run && provenanceSection(run, setSize(run, sets), evaluations)],
  ] as const;
  const there = sections.flatMap(([id, title, section]) =>
    section && section !== nothing ? [{ id, title, section }] : [],
  );
  const body = html`<header><h1>${name(basename(resolve(title)))}</h1><p class="plain">${name(withoutHome(title))}${run && `, ${run.experiment.network.name}, started ${run.info.start.slice(0, 16).replace("T", " ")} UTC`}</p></header>
<main>${verdictSection(verdictOf(subject, sets, remarks))}
${navigation(there.map(({ id, title }) => [id, title] as const))}
${there.map(({ section }) => section)}</main>`;
  return {
    text: htmlPage(`Report of ${basename(resolve(title))}`, body),
    evaluation: evaluation?.folder,
    pictures: album.shown + looks.album.shown + (crops?.album.shown ?? 0),
    drawings: run ? curveFiles(curved(run, found)) : {},
    remarks,
  };
}

function cellsOf(evaluation: ReportedEvaluation | undefined): readonly CellPictures[] {
  if (evaluation === undefined) return [];
  const numbers = new Map(evaluation.summary.classes.map((one, number) => [one.name, number]));
  return cellPictures(evaluation.pictures, (name) => numbers.get(name) ?? -1);
}

function pictures(
  evaluation: ReportedEvaluation | undefined,
  cells: readonly CellPictures[],
  { sets, itemOf }: Found,
  budget: number,
): Promise<Album> {
  const samples = sets ? samplesOf(sets) : [];
  const seen = evaluation ? wantedOf(evaluation.pictures, cells, itemOf) : [];
  return fillAlbum([...seen.slice(0, mostWrong), ...wantedSamples(samples), ...seen.slice(mostWrong)], budget);
}

/** Mistakes and the least certain come before the samples of the data, the rest of each cell after them. */
const mostWrong = most.mistakes + most.uncertain;

async function cropsOf({ experiment }: ReportedRun, { train }: Sets): Promise<CropAlbum | undefined> {
  try {
    return await cropAlbum(experiment, train);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const curved = ({ log, info, experiment, state }: ReportedRun, { sets }: Found) => {
  const steps = info.resumes.flatMap(({ step }) => step ?? []);
  return {
    log,
    batch: experiment.train.batch,
    classes: (sets?.train ?? state)?.classes.length,
    resumed: steps,
    unknownResumes: info.resumes.length - steps.length,
  };
};

const networkOf = ({ state, experiment, info }: ReportedRun): Html =>
  state === undefined
    ? nothing
    : networkSection({
        options: state.network,
        size: experiment.data.size,
        batch: experiment.train.batch,
        precision: info.arithmetic?.precision === "bfloat16" ? "bfloat16" : "float32",
      });
