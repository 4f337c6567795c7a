import { type BackendArena } from './backend-arena.ts';
import { type KubeflowRow } from './kubeflow-process.ts';
import { type Crossing } from './wire.ts';

/** What Kubeflow Pipelines has of the requests that it did not answer when it died. */
export class CrashTally {
  readonly #arena: BackendArena;
  readonly #remembered = new Map<Crossing, number>();
  #crossingsBefore = 0;
  #orphaned = 0;
  #forgotten = 0;

  constructor(arena: BackendArena) {
    this.#arena = arena;
  }

  get trials(): number {
    return this.#remembered.size + this.#orphaned + this.#forgotten;
  }

  /** How often there was a row, only an execution, nothing. */
  get counts(): readonly [number, number, number] {
    return [this.#remembered.size, this.#orphaned, this.#forgotten];
  }

  /** Looks when Kubeflow Pipelines is back, before anybody can have asked it again. */
  async take(): Promise<void> {
    const { crossings } = this.#arena.wires[0];
    const lost = crossings.slice(this.#crossingsBefore).filter(({ effect, isLost }) => effect !== undefined && isLost);
    this.#crossingsBefore = crossings.length;
    const rows = await this.#rows();
    const { stray } = await this.#arena.executions();
    for (const crossing of lost) {
      if (rows.some((row) => isOf(row, crossing))) this.#remembered.set(crossing, this.#crossingsBefore);
      else if (stray.some(({ runId }) => runId === crossing.effect)) this.#orphaned += 1;
      else this.#forgotten += 1;
    }
  }

  /** What was there and was asked for all the same. */
  get askedAgain(): readonly string[] {
    const { crossings } = this.#arena.wires[0];
    return [...this.#remembered].flatMap(([{ effect = '' }, since]) =>
      crossings.slice(since).some((crossing) => crossing.effect === effect) ? [effect] : [],
    );
  }

  async #rows(): Promise<readonly KubeflowRow[]> {
    const { kubeflow } = this.#arena;
    return (await Promise.all([kubeflow.runs(), kubeflow.schedules()])).flat();
  }
}

function isOf({ id, description }: KubeflowRow, { effect = '' }: Crossing): boolean {
  return id === effect || description.includes(effect);
}
