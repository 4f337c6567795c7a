// The simulator as a process of its own. Prints one line of JSON when it is ready: {url, mlmdAddress, controlUrl}.
import { parseArgs } from 'node:util';
import { systemClock } from '../../../src/base/clock.ts';
import { createMetrics } from '../../../src/base/metrics.ts';
import { createKubeClient } from '../../../src/kube/client-node-adapter.ts';
import { s3ObjectStore } from './artifacts/object-store.ts';
import { startControlServer } from './control-server.ts';
import { kubeReviews } from './kubernetes/kube-reviews.ts';
import { type KfpSimulatorOptions, startKfpSimulator } from './start-kfp-simulator.ts';
import { type SimulatorSettings } from './world.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    namespace: { type: 'string', default: 'kubeflow' },
    /** Namespaces in which runs may be; default: the namespace. */
    'workflow-namespaces': { type: 'string' },
    kubeconfig: { type: 'string' },
    database: { type: 'string' },
    's3-endpoint': { type: 'string' },
    's3-access-key': { type: 'string', default: 'minioadmin' },
    's3-secret-key': { type: 'string', default: 'minioadmin' },
    's3-bucket': { type: 'string', default: 'mlpipeline' },
    /** Identity by header `kubeflow-userid` or token, rights by the cluster of the kubeconfig. */
    'multi-user': { type: 'boolean', default: false },
    /** JSON of the settings that differ from the defaults. */
    settings: { type: 'string', default: '{}' },
  },
});

const simulator = await startKfpSimulator(await optionsOf());
const control = await startControlServer(simulator);
console.log(JSON.stringify({ url: simulator.url, mlmdAddress: simulator.mlmdAddress, controlUrl: control.url }));
process.once('SIGTERM', () => {
  control.server.close();
  control.server.closeAllConnections();
  void simulator.close().then(() => process.exit(0));
});

async function optionsOf(): Promise<KfpSimulatorOptions> {
  const client = values.kubeconfig === undefined ? undefined : kubeClient(values.kubeconfig);
  const namespaces = values['workflow-namespaces']?.split(',') ?? [values.namespace];
  return {
    port: Number(values.port),
    namespace: values.namespace,
    settings: JSON.parse(values.settings) as Partial<SimulatorSettings>,
    // As a server that is killed: no answer, no farewell.
    die: () => process.exit(137),
    ...(values.database !== undefined && { databasePath: values.database }),
    ...(client && { kubernetes: { client, namespaces } }),
    ...(client && values['multi-user'] && { multiUser: multiUser(client) }),
    ...(values['s3-endpoint'] !== undefined && { objectStore: await objectStore(values['s3-endpoint']) }),
  };
}

function kubeClient(kubeconfig: string) {
  return createKubeClient({ kubeconfig, clock: systemClock, metrics: createMetrics(), userAgent: 'kfp-simulator' });
}

const multiUser = (client: ReturnType<typeof kubeClient>) => ({
  reviews: kubeReviews(client),
  userHeader: 'kubeflow-userid',
  userPrefix: '',
});

async function objectStore(endpoint: string) {
  const bucket = values['s3-bucket'];
  const [accessKey, secretKey] = [values['s3-access-key'], values['s3-secret-key']];
  return { store: await s3ObjectStore({ endpoint, accessKey, secretKey, bucket }), bucket };
}
