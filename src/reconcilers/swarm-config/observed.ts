import type { NewCondition } from '../../api/conditions.ts';
import type { SwarmConfig } from '../../api/swarm-config.ts';

/** What a probe found out about one part of the settings. */
export interface Finding extends NewCondition {
  /** False: only a person can help, by changing the settings, a Secret or the cluster. */
  readonly timeMayHelp: boolean;
  /** True: worth knowing, and no reason to call the whole degraded. */
  readonly isAdvice?: boolean;
}

export interface Observed {
  readonly config: SwarmConfig;
  readonly findings: readonly Finding[];
  readonly now: Date;
}
