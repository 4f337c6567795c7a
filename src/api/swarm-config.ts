import { z } from 'zod';
import { approvalRule, conditions } from './common.ts';
import { duration } from './duration.ts';
import type { Resource } from './resource.ts';
import { atomicList, cel, mapList, observedGeneration, timestamp } from './schema.ts';
import { httpUrl, secretKeyRef, secretRef } from './secret-reference.ts';

export const modelSettings = z
  .object({
    provider: z
      .enum(['openai', 'builtin'])
      .default('openai')
      .describe('openai: any OpenAI-compatible endpoint; builtin: the planner inside the operator, without a network.'),
    baseURL: httpUrl('Address up to and including /v1, for example http://vllm.models.svc:8000/v1.').default(
      'https://api.openai.com/v1',
    ),
    name: z
      .string()
      .min(1)
      .max(128)
      .regex(/^\S+$/)
      .optional()
      .describe('Name the endpoint knows the model by; needed for openai.'),
    apiKeySecretRef: secretKeyRef('API key of the endpoint; absent when it asks for none.', 'api-key').optional(),
    caSecretRef: secretKeyRef('Certificates (PEM) to trust beside the public ones.', 'ca.crt').optional(),
    temperature: z
      .string()
      .max(4)
      .regex(/^[0-2](\.[0-9]{1,2})?$/)
      .optional()
      .describe('Sampling temperature as a string, 0 to 2; the endpoint’s own when absent.'),
    maxOutputTokens: z.int().min(64).max(65_536).default(4_096).describe('Tokens one answer may have.'),
    contextTokens: z
      .int()
      .min(2_048)
      .max(10_000_000)
      .default(32_768)
      .describe('Tokens of context the model takes; the transcript is shortened to fit.'),
    timeout: duration().default('2m').describe('Total time of one model call, retries included, for example 2m.'),
  })
  .meta(
    cel({
      rule: "self.provider != 'openai' || has(self.name)",
      message: 'name is needed when provider is openai: the name the endpoint knows the model by',
    }),
  );
export type ModelSettings = z.output<typeof modelSettings>;

export const agentSettings = z.object({
  name: z.enum(['supervisor', 'kfp', 'tekton', 'minio', 'docs']).describe('Agent these settings are for.'),
  enabled: z.boolean().default(true).describe('False takes the agent away from this namespace.'),
  instructions: z.string().max(8_192).optional().describe('Text added to the agent’s own instructions.'),
  tools: z
    .array(z.string().min(1).max(64))
    .max(64)
    .optional()
    .meta(atomicList())
    .describe('Tools the agent may use; all of its own when absent.'),
});
export type AgentSettings = z.output<typeof agentSettings>;

export const backends = z
  .object({
    kfp: z
      .object({
        url: httpUrl('Address of the API server of Kubeflow Pipelines, without /apis.'),
        auth: z
          .enum(['None', 'ServiceAccountToken', 'BearerToken'])
          .default('ServiceAccountToken')
          .describe(
            'How requests are signed: not at all, with a token of the run-as ServiceAccount (audience pipelines.kubeflow.org), or with the token of tokenSecretRef.',
          ),
        tokenSecretRef: secretKeyRef('Token that requests carry when auth is BearerToken.', 'token').optional(),
        namespace: z
          .string()
          .min(1)
          .max(63)
          .optional()
          .describe('Namespace (profile) of the runs; that of this object when absent.'),
        metadataURL: httpUrl(
          'Address of the gRPC service of ML Metadata, for example http://metadata-grpc-service.kubeflow.svc:8080; metrics and artifacts come from there.',
        ).optional(),
        uiURL: httpUrl('Address of the Kubeflow Pipelines pages that people open; links to runs begin so.').optional(),
        caSecretRef: secretKeyRef('Certificates (PEM) to trust beside the public ones.', 'ca.crt').optional(),
      })
      .meta(
        cel({
          rule: "self.auth != 'BearerToken' || has(self.tokenSecretRef)",
          message: 'tokenSecretRef is needed when auth is BearerToken: the Secret that holds the token',
        }),
      )
      .optional()
      .describe('Kubeflow Pipelines; absent: not offered.'),
    tekton: z
      .object({ enabled: z.boolean().default(true).describe('False: Tekton is not offered in this namespace.') })
      .prefault({})
      .describe('Tekton Pipelines of this cluster.'),
    objectStore: z
      .object({
        endpoint: httpUrl('Address of the S3-compatible store, for example http://minio.storage.svc:9000.'),
        publicEndpoint: httpUrl(
          'Address under which people reach the store, for links they are given; the endpoint itself when absent.',
        ).optional(),
        region: z.string().min(1).max(64).default('us-east-1').describe('Region that signatures name.'),
        secretRef: secretRef('Secret with the keys accessKeyId and secretAccessKey.'),
        caSecretRef: secretKeyRef('Certificates (PEM) to trust beside the public ones.', 'ca.crt').optional(),
      })
      .optional()
      .describe('Object store for the minio agent; absent: not offered.'),
    elasticsearch: z
      .object({
        nodes: z.array(httpUrl('Address of a node.')).min(1).max(16).meta(atomicList()).describe('Nodes to talk to.'),
        secretRef: secretRef('Secret with the key apiKey, or with username and password.').optional(),
        caSecretRef: secretKeyRef('Certificates (PEM) to trust beside the public ones.', 'ca.crt').optional(),
      })
      .optional()
      .describe('Store of the knowledge bases; absent: the index inside the operator.'),
  })
  .prefault({})
  .describe('Where the agents work.');
export type Backends = z.output<typeof backends>;

/** Names with `*` for any run of characters. */
const namePatterns = (description: string) =>
  z
    .array(z.string().min(1).max(253))
    .max(64)
    .default(['*'])
    .meta(atomicList())
    .describe(`${description} Names, * stands for any characters; everything when absent, nothing when empty.`);

export const policy = z
  .object({
    pipelines: namePatterns('Pipelines that may be run.'),
    buckets: namePatterns(
      'Buckets that may be read and written, or parts of them as bucket/prefix, for example models/team-a/*.',
    ),
    atLeast: z
      .enum(['Never', 'OnRisk', 'Writes', 'Always'])
      .default('Never')
      .describe('People are asked at least this often, whatever a Conversation or an Intent says.'),
    rules: z
      .array(approvalRule)
      .max(64)
      .default([])
      .meta(atomicList())
      .describe('Exceptions by agent and tool, beside those of the object. Deny wins over Ask, Ask over Allow.'),
  })
  .prefault({})
  .describe('What the agents may do in this namespace.');
export type Policy = z.output<typeof policy>;

export const swarmConfigSpec = z.object({
  model: modelSettings.optional().describe('Model that plans and answers; the operator’s own when absent.'),
  fallbackModels: z
    .array(modelSettings)
    .max(4)
    .default([])
    .meta(atomicList())
    .describe('Models to take, in this order, while the first one does not answer.'),
  agents: z.array(agentSettings).max(16).default([]).meta(mapList('name')).describe('Settings of single agents.'),
  backends,
  policy,
});
export type SwarmConfigSpec = z.output<typeof swarmConfigSpec>;
export type SwarmConfigSpecInput = z.input<typeof swarmConfigSpec>;

export const swarmConfigPhase = z
  .enum(['Pending', 'Ready', 'Degraded'])
  .describe('Derived, for people and for field selectors; programs read conditions.');
export type SwarmConfigPhase = z.output<typeof swarmConfigPhase>;

export const swarmConfigStatus = z.object({
  observedGeneration,
  phase: swarmConfigPhase.optional(),
  checkedAt: timestamp().optional().describe('When the backends were last probed.'),
  conditions,
});
export type SwarmConfigStatus = z.output<typeof swarmConfigStatus>;

export type SwarmConfig = Resource<SwarmConfigSpec, SwarmConfigStatus>;
