import type { KfpClient, KfpSource } from '../../backends/kfp/kfp-client.ts';
import type {
  KfpExperiment,
  KfpParameter,
  KfpPipeline,
  KfpRun,
  KfpSchedule,
  KfpVersion,
} from '../../backends/kfp/kfp-objects.ts';
import { KfpRefusedError } from '../../backends/kfp/kfp-refused-error.ts';
import type { InventoryContext, InventoryItem } from '../agent.ts';
import { nameOfReference, pipelineNameOf, textOf } from './kfp-data.ts';
import { triggerInWords } from './schedule-data.ts';

/** Shares of the bound: each kind may take at most so much, and runs get what is left. */
const shares = { pipelines: 0.35, experiments: 0.15, schedules: 0.1 } as const;
/** Pipelines whose newest version is read, because it tells the parameters; each takes a request. */
const describedPipelines = 12;

/**
 * Pipelines with the parameters of their newest versions, experiments, schedules, and the newest runs; kinds that the
 * run-as account may not see are left out.
 */
export async function kfpInventory(kfp: KfpSource, context: InventoryContext): Promise<readonly InventoryItem[]> {
  const client = await kfp.client(context);
  const share = (part: number) => Math.ceil(context.limit * part);
  const items = await visible([
    async () => {
      const { items: pipelines } = await client.listPipelines({}, context);
      return itemsOfPipelines(client, pipelines.slice(0, share(shares.pipelines)), context);
    },
    async () => {
      const { items: experiments } = await client.listExperiments({}, context);
      return experiments.slice(0, share(shares.experiments)).map(itemOfExperiment);
    },
    async () => {
      const { items: schedules } = await client.listSchedules({}, context);
      return schedules.slice(0, share(shares.schedules)).map(itemOfSchedule);
    },
    async () => {
      const { runs } = await client.listRuns({ limit: Math.min(200, context.limit) }, context);
      return runs.map(itemOfRun);
    },
  ]);
  return items.slice(0, context.limit);
}

type Reading = () => Promise<readonly InventoryItem[]>;

/** @throws the refusal when nothing at all may be seen. */
async function visible(readings: readonly Reading[]): Promise<readonly InventoryItem[]> {
  const refusals: KfpRefusedError[] = [];
  const items = await Promise.all(
    readings.map(async (read) => {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof KfpRefusedError)) throw error;
        refusals.push(error);
        return [];
      }
    }),
  );
  const [refusal] = refusals;
  if (refusal && refusals.length === readings.length) throw refusal;
  return items.flat();
}

interface Entry {
  readonly name: string;
  readonly description?: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly parameters?: InventoryItem['parameters'];
}

function item(kind: string, { name, description, attributes, parameters }: Entry): InventoryItem {
  return {
    agent: 'kfp',
    kind,
    name,
    ...(description !== undefined && { description: description.slice(0, 200) }),
    attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== '')),
    ...(parameters && { parameters }),
  };
}

async function itemsOfPipelines(
  client: KfpClient,
  pipelines: readonly KfpPipeline[],
  context: InventoryContext,
): Promise<readonly InventoryItem[]> {
  const described = pipelines.slice(0, describedPipelines);
  const versions = await Promise.all(described.map(({ id }) => client.findVersion(id, undefined, context)));
  return pipelines.map((pipeline, index) => itemOfPipeline(pipeline, versions[index]));
}

function itemOfPipeline({ name, id, description, createdAt = '' }: KfpPipeline, version?: KfpVersion): InventoryItem {
  const parameters = version?.spec?.parameters.map(parameterOf);
  return item('pipeline', {
    name,
    description,
    attributes: { id, createdAt, newestVersion: version?.name ?? '' },
    parameters,
  });
}

const types: Readonly<Record<string, string>> = { NUMBER_INTEGER: 'integer', NUMBER_DOUBLE: 'number' };

function parameterOf({ name, type, default: value }: KfpParameter) {
  return {
    name,
    type: types[type] ?? type.toLowerCase(),
    ...(value !== undefined && { default: textOf(value) }),
  };
}

function itemOfExperiment({ name, id, description, createdAt = '' }: KfpExperiment): InventoryItem {
  return item('experiment', { name, description, attributes: { id, createdAt } });
}

function itemOfSchedule({ name, id, isEnabled, pipeline, trigger }: KfpSchedule): InventoryItem {
  const runs = nameOfReference(pipeline) ?? '';
  return item('schedule', {
    name,
    attributes: { id, pipeline: runs, enabled: String(isEnabled), cron: triggerInWords(trigger) },
  });
}

function itemOfRun(run: KfpRun): InventoryItem {
  const { name, id, state, createdAt = '', startedAt = '', finishedAt = '', experimentName = '' } = run;
  const pipeline = pipelineNameOf(run);
  return item('run', {
    name,
    attributes: { id, pipeline, experiment: experimentName, state, createdAt, startedAt, finishedAt },
  });
}
