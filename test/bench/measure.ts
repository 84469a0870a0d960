// Runs a race: everyone waits while one computes, A B C A B C.
import type { Contestant, Race } from "./races.ts";
import type { Measurement, RaceResult } from "./report.ts";
import { type Runner, startRunner, type Turn } from "./turns.ts";

export interface MeasureOptions {
  readonly rounds: number;
  /** Keep all processes in memory between turns; otherwise each is started anew for each turn. */
  readonly together: boolean;
  readonly say: (text: string) => void;
}

/** A contestant that fails drops out of the race with its reason; the others go on. */
export async function measure(race: Race, { rounds, together, say }: MeasureOptions): Promise<RaceResult> {
  const runners = new Map<Contestant, Runner>();
  const turns = new Map<Contestant, Turn[]>(race.contestants.map((contestant) => [contestant, []]));
  const failures = new Map<Contestant, string>();

  const takeTurn = async (contestant: Contestant) => {
    const runner = runners.get(contestant) ?? (await startRunner(contestant.command));
    runners.set(contestant, runner);
    const turn = await runner.turn();
    turns.get(contestant)!.push(turn);
    if (!together) await stop(contestant);
    return turn;
  };
  const stop = async (contestant: Contestant) => {
    await runners.get(contestant)?.end();
    runners.delete(contestant);
  };

  for (let round = 1; round <= rounds; round++) {
    for (const contestant of race.contestants) {
      if (failures.has(contestant)) continue;
      try {
        const { imagesPerSecond } = await takeTurn(contestant);
        say(`${race.title}, round ${round}/${rounds}: ${contestant.name} ${imagesPerSecond.toFixed(2)} images/s`);
      } catch (error) {
        failures.set(contestant, (error as Error).message);
        runners.delete(contestant);
        say(`${race.title}: ${contestant.name} cannot take part: ${(error as Error).message}`);
      }
    }
  }
  for (const contestant of race.contestants) await stop(contestant);

  const measurements = race.contestants.map((contestant): Measurement => {
    const { role, name } = contestant;
    return { role, name, turns: turns.get(contestant)!, failure: failures.get(contestant) ?? null };
  });
  return { title: race.title, kind: race.kind, precision: race.precision, device: race.device, measurements };
}
