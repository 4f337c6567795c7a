/**
 * Fills the demo's object store and Kubeflow Pipelines: two files of customers in the bucket `raw`, the pipeline
 * `churn-forecast`, and a run of it from before the demo.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { putObjects, testObjectStore } from '../../test/support/object-store.ts';

const kfp = process.argv[2];
if (kfp === undefined) throw new Error('usage: seed.ts KFP-URL');

/** Customers with a rule behind them and some noise, the same at every call. */
function customers(rows: number, seed: number): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const noise = ((row * 7919 + seed * 104_729) % 1_000) / 1_000;
    const months = (row * 13 + seed) % 60;
    const plan = ['basic', 'plus', 'pro'][(row + seed) % 3] ?? 'basic';
    const left = months < 12 && plan === 'basic' ? noise < 0.8 : noise < 0.1;
    return `c${String(row).padStart(5, '0')},${months},${plan},${(20 + noise * 80).toFixed(2)},${left}`;
  });
  return ['customer,months,plan,monthly_charge,churned', ...lines, ''].join('\n');
}

await putObjects(testObjectStore(), 'raw', {
  'churn/2026-09.csv': customers(1_800, 1),
  'churn/2026-10.csv': customers(2_400, 2),
});

const base = `${kfp}/apis/v2beta1`;

async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(`${base}${path}`, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as T;
}

interface Pipeline {
  readonly pipeline_id: string;
}
interface Run {
  readonly run_id: string;
  readonly state?: string;
}

const { pipelines = [] } = await request<{ pipelines?: readonly Pipeline[] }>('/pipelines');
if (pipelines.length === 0) {
  const form = new FormData();
  const file = await readFile(new URL('../../test/kfp/recorded/pipelines/train_and_evaluate.yaml', import.meta.url));
  form.append('uploadfile', new Blob([file]), 'churn-forecast.yaml');
  const { pipeline_id } = await request<Pipeline>('/pipelines/upload?name=churn-forecast', {
    method: 'POST',
    body: form,
  });
  const { run_id } = await request<Run>('/runs', {
    method: 'POST',
    body: JSON.stringify({
      display_name: 'churn-forecast-last-week',
      pipeline_version_reference: { pipeline_id },
      runtime_config: { parameters: { epochs: 5 } },
    }),
  });
  const until = performance.now() + 30_000;
  while ((await request<Run>(`/runs/${run_id}`)).state !== 'SUCCEEDED') {
    if (performance.now() > until) throw new Error(`run ${run_id} did not end`);
    await sleep(200);
  }
}
