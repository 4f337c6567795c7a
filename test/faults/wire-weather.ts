import { type Crossing, type Stage, type Weather, type Wire } from './wire.ts';

/** The backends carry out every third effect without an answer. @returns how many so far */
export function loseEveryThirdAnswer(wires: readonly Wire[]): () => number {
  let effects = 0;
  for (const wire of wires) {
    wire.weather = ({ effect }, stage) => {
      if (effect === undefined || stage !== 'answer') return 'on';
      effects += 1;
      return effects % 3 === 0 ? 'lost' : 'on';
    };
  }
  return () => Math.floor(effects / 3);
}

/**
 * What is held, and until when: answers for ever; requests until somebody else has looked in vain for what they are to
 * make (`request`), or has asked for it once more (`late request`).
 */
export type Held = 'answer' | 'request' | 'late request';

export interface Caught {
  /** Sent by the operator, and not done or not answered. */
  readonly crossings: readonly Crossing[];
  /** From now on everything gets through, and what is held goes its way in its time. */
  letGo(): void;
}

/** Holds everything that changes something before it reaches the backend, or before its answer leaves it. */
export function catchEffects(wires: readonly Wire[], held: Held): Caught {
  const crossings: Crossing[] = [];
  const releases = new Map<Crossing, () => void>();
  const heldAt: Stage = held === 'answer' ? 'answer' : 'request';
  for (const wire of wires) {
    wire.weather = async (crossing, stage) => {
      if (crossing.effect === undefined || stage !== heldAt) return 'on';
      crossings.push(crossing);
      const released = Promise.withResolvers<undefined>();
      releases.set(crossing, () => {
        released.resolve(undefined);
      });
      await released.promise;
      return held === 'answer' ? 'lost' : 'on';
    };
  }
  return {
    crossings,
    letGo: () => {
      if (held === 'answer') for (const release of releases.values()) release();
      for (const wire of wires) wire.weather = releasing(releases, held);
    },
  };
}

function releasing(releases: ReadonlyMap<Crossing, () => void>, held: Held): Weather {
  const isAwaited = ({ method, path, effect }: Crossing, caught: Crossing) =>
    held === 'late request'
      ? effect === caught.effect
      : (method === 'GET' || method === 'HEAD') && path.includes(caught.effect ?? '');
  return (crossing, stage) => {
    if (stage === 'request') return 'on';
    for (const [caught, release] of releases) if (isAwaited(crossing, caught)) release();
    return 'on';
  };
}
