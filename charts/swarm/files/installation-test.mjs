// What `helm test` asks: are the kinds served, is the operator ready, and would the API server take a Conversation?
import { readFile } from 'node:fs/promises';

const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
const { OPERATOR_NAMESPACE: operatorNamespace, OPERATOR_SELECTOR: selector, SERVED_NAMESPACE: namespace } = process.env;
const token = await readFile('/var/run/secrets/kubernetes.io/serviceaccount/token', 'utf8');
const group = '/apis/swarm.mlops.dev/v1alpha1';
const kinds = ['approvals', 'conversations', 'intents', 'knowledgebases', 'swarmconfigs', 'turns'];

async function ask(path, { method = 'GET', body } = {}) {
  const response = await fetch(`https://${host.includes(':') ? `[${host}]` : host}:${port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${answer.message}`);
  return answer;
}

const checks = {
  async 'the kinds are served'() {
    const served = (await ask(group)).resources.map(({ name }) => name);
    const missing = kinds.filter((name) => !served.includes(name));
    if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}; install config/crd`);
  },
  async 'the operator is ready'() {
    const query = new URLSearchParams({ labelSelector: selector, fieldSelector: 'status.phase=Running' });
    const { items } = await ask(`/api/v1/namespaces/${operatorNamespace}/pods?${query}`);
    const addresses = items.flatMap(({ status }) => status.podIP ?? []);
    if (addresses.length === 0) throw new Error(`no pod with ${selector} runs in ${operatorNamespace}`);
    for (const address of addresses) {
      const url = `http://${address.includes(':') ? `[${address}]` : address}:8081/readyz`;
      const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
      if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
      await response.text();
    }
  },
  async 'a Conversation would be taken'() {
    await ask(`${group}/namespaces/${namespace}/conversations?dryRun=All`, {
      method: 'POST',
      body: {
        apiVersion: 'swarm.mlops.dev/v1alpha1',
        kind: 'Conversation',
        metadata: { generateName: 'installation-test-' },
        spec: { messages: [{ text: 'Which pipelines can I run?' }] },
      },
    });
  },
};

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok: ${name}`);
  } catch (error) {
    console.log(`FAILED: ${name}: ${error.cause?.message ?? error.message}`);
    process.exitCode = 1;
  }
}
