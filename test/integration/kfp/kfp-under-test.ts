import { type KfpSimulator, startKfpSimulator } from '../../kfp/simulator/start-kfp-simulator.ts';
import { type Scripts } from '../../kfp/simulator/workflows/task-script.ts';

/** The Kubeflow Pipelines that a test talks to. */
export interface KfpUnderTest {
  readonly url: string;
  /** With scheme; absent where the environment names none. */
  readonly metadataUrl: string | undefined;
  /** Absent for a real server, which cannot be steered. */
  readonly simulator: KfpSimulator | undefined;
  close(): Promise<void>;
}

/** SWARM_TEST_KFP_URL (with SWARM_TEST_KFP_METADATA_URL) names a real server; otherwise a simulator is started. */
export async function startKfpUnderTest({ scripts = {} }: { scripts?: Scripts } = {}): Promise<KfpUnderTest> {
  const url = process.env['SWARM_TEST_KFP_URL'];
  if (url !== undefined) {
    const metadataUrl = process.env['SWARM_TEST_KFP_METADATA_URL'];
    return { url, metadataUrl, simulator: undefined, close: () => Promise.resolve() };
  }
  const simulator = await startKfpSimulator({ settings: { scripts, stepMs: 100, reportMs: 20 } });
  const metadataUrl = `http://${simulator.mlmdAddress}`;
  return { url: simulator.url, metadataUrl, simulator, close: () => simulator.close() };
}
