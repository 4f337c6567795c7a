import type { RunReference, ToolContext } from './tool.ts';

/** Tells how a run of one backend is doing, whoever asks: the port between waiting and the backends. */
export interface RunObserver {
  readonly backend: RunReference['backend'];
  /**
   * @returns undefined when there is no run of that name in the namespace.
   * @throws RetryableError or TerminalError when the backend cannot be asked.
   */
  observe(run: string, context: RunObserverContext): Promise<RunReference | undefined>;
}

export type RunObserverContext = Pick<ToolContext, 'signal' | 'namespace' | 'serviceAccountName' | 'configName'>;
