import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Kubectl } from './kubectl.ts';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

export interface TestCluster {
  /** The administrator's. */
  readonly kubeconfig: string;
  readonly kubectl: Kubectl;
}

/** The cluster of `make test`: SWARM_TEST_KUBECONFIG, else the test bed named by SWARM_TEST_BED (default `test`). */
export function testCluster(): TestCluster {
  const kubeconfig = process.env['SWARM_TEST_KUBECONFIG'] ?? testBed('kubeconfig');
  return { kubeconfig, kubectl: new Kubectl({ program: testBed('kubectl'), kubeconfig }) };
}

/** The kubectl of the test bed, for those who call it by other means. */
export function kubectlProgram(): string {
  return testBed('kubectl');
}

function testBed(command: string): string {
  const environment = { ...process.env, SWARM_TEST_BED: process.env['SWARM_TEST_BED'] ?? 'test' };
  return execFileSync(`${projectRoot}/hack/test-bed/test-bed.sh`, [command], {
    env: environment,
    encoding: 'utf8',
  }).trim();
}
