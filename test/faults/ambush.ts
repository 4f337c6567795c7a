import { writeSync } from 'node:fs';
import { type TurnHooks } from '../../src/turns/boundaries.ts';
import { heldLine, type Ambush } from './orders.ts';

/** Hooks that stop turns at one boundary together, so that one kill is as many trials as turns are held there. */
export function hooksOf(ambush: Ambush): TurnHooks {
  let arrivals = 0;
  let isOver = false;
  let goOn: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    goOn = resolve;
  });

  function spring(): void {
    if (isOver) return;
    isOver = true;
    if (ambush.then === 'kill') process.kill(process.pid, 'SIGKILL');
    goOn();
  }

  return {
    async boundary(name) {
      if (name !== ambush.boundary || isOver) return;
      arrivals += 1;
      const held = arrivals - ambush.skip;
      if (held < 1) return;
      // Written at once: what sits in a buffer is lost with the process.
      writeSync(process.stdout.fd, `${heldLine(name)}\n`);
      if (held === 1) setTimeout(spring, ambush.patienceMs);
      if (held >= ambush.hold) spring();
      await over;
    },
  };
}
