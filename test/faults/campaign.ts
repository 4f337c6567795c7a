import { setTimeout as sleep } from 'node:timers/promises';
import { type Boundary } from '../../src/turns/boundaries.ts';
import { type Program } from '../support/program.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Battlefield } from './arena.ts';
import { heldLine, type Ambush, type MutationName } from './orders.ts';
import { wave, waveSize, type WaveKind } from './wave.ts';

export interface Battle {
  readonly arena: Battlefield;
  readonly kubeconfig: string;
  readonly mutation?: MutationName;
  /** Where waves other than usual are sent to a boundary. */
  readonly waveOf?: (boundary: Boundary) => WaveKind;
}

/** A turn that goes on after its last crash has this long to end. */
const recoveryMs = 60_000;
const lookEveryMs = 250;

/** Which waves meet a boundary: claims are made for effects without key, approvals where somebody is asked. */
const usualWaveOf: Record<Boundary, WaveKind> = {
  observed: 'mixed',
  'before-claim': 'external',
  'after-claim': 'external',
  'before-call': 'mixed',
  'after-call': 'mixed',
  'before-model': 'mixed',
  'after-model': 'mixed',
  'before-write': 'mixed',
  'after-write': 'mixed',
  'before-approval-used': 'approved',
  'after-approval-used': 'approved',
};

/** Whoever is left over of these meets most boundaries. */
const lasting: ReadonlySet<WaveKind> = new Set(['mixed', 'backends']);

/** Waves of conversations, and how many turns were held at which boundary when their process was killed or frozen. */
export class Campaign {
  readonly heldAt = new Map<Boundary, number>();
  readonly #battle: Battle;
  #waves = 0;

  constructor(battle: Battle) {
    this.#battle = battle;
  }

  get trials(): number {
    return [...this.heldAt.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Kills one operator after the other, each at the next boundary, until every boundary has had its turn. */
  async killAtEach(boundaries: readonly Boundary[], skip: number): Promise<void> {
    for (const boundary of boundaries) {
      await this.#reinforce(this.#waveOf(boundary));
      const operator = this.#start(ambushAt(boundary, { skip, then: 'kill' }));
      await this.#watch([operator]);
      this.#count(boundary, operator);
      await operator.kill();
    }
  }

  /** Two operators, neither of them the leader: one is frozen at the boundary, or killed there, while the other goes on. */
  async fightTwins(boundaries: readonly Boundary[], then: Ambush['then']): Promise<void> {
    const rival = this.#start();
    await ready(rival);
    for (const boundary of boundaries) {
      const operator = this.#start(ambushAt(boundary, { skip: 0, then }));
      await ready(operator);
      await this.#reinforce(this.#waveOf(boundary), { always: true });
      await this.#watch([operator]);
      this.#count(boundary, operator);
      if (then === 'kill') await this.#watch([rival]);
      await operator.kill();
    }
    await rival.kill();
  }

  /** Lets one operator carry out a wave of each kind. */
  async workOff(kinds: readonly WaveKind[]): Promise<void> {
    const operator = this.#start();
    for (const kind of kinds) {
      await this.addWave(kind);
      await this.#watch([operator]);
    }
    await operator.stop();
  }

  /** Works without ambush until all is done or nothing can be hoped for any more. */
  async finish(): Promise<void> {
    const operator = this.#start();
    await this.#watch([operator]);
    await operator.stop();
  }

  async addWave(kind: WaveKind): Promise<void> {
    this.#waves += 1;
    await Promise.all(wave(kind, this.#waves).map((conversation) => this.#battle.arena.converse(conversation)));
  }

  async #reinforce(kind: WaveKind, { always = false } = {}): Promise<void> {
    if (always || !lasting.has(kind) || (await this.#battle.arena.attend())) await this.addWave(kind);
  }

  #waveOf(boundary: Boundary): WaveKind {
    return this.#battle.waveOf?.(boundary) ?? usualWaveOf[boundary];
  }

  #start(ambush?: Ambush): Program {
    const { arena, kubeconfig, mutation } = this.#battle;
    return arena.operator({
      kubeconfig,
      ...(ambush === undefined ? {} : { ambush }),
      ...(mutation === undefined ? {} : { mutation }),
    });
  }

  /** Until one of them has ended or all turns have. */
  async #watch(operators: readonly Program[]): Promise<void> {
    const end = performance.now() + recoveryMs;
    while (performance.now() < end && !operators.some((operator) => operator.hasEnded)) {
      if (await this.#battle.arena.attend()) return;
      await Promise.race([sleep(lookEveryMs), ...operators.map(({ exit }) => exit)]);
    }
  }

  #count(boundary: Boundary, operator: Program): void {
    const held = operator.lines.filter((line) => line === heldLine(boundary)).length;
    this.heldAt.set(boundary, (this.heldAt.get(boundary) ?? 0) + held);
  }
}

function ambushAt(
  boundary: Boundary,
  { skip, then }: { readonly skip: number; readonly then: Ambush['then'] },
): Ambush {
  return { boundary, skip, hold: waveSize, patienceMs: 800, then };
}

async function ready(operator: Program): Promise<void> {
  await waitFor('the operator is ready', async () => (await operator.firstLine(/^ready$/)) !== undefined, {
    withinMs: 30_000,
    explain: () => operator.tail(),
  });
}
