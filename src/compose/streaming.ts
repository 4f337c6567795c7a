import { randomUUID } from 'node:crypto';
import { kinds } from '../api/group.ts';
import type { Turn } from '../api/turn.ts';
import type { TurnStream } from '../api/turn-stream.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Config } from '../config.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { objectKey } from '../operator/object-key.ts';
import type { SwarmOperator } from '../operator/swarm-operator.ts';
import type { LiveTurns } from '../reconcilers/turn/dependencies.ts';
import { createCertificateSource } from '../streaming/certificate.ts';
import { startStreamServer } from '../streaming/stream-server.ts';
import { TurnLogs } from '../streaming/turn-logs.ts';
import { reviewViewer } from './stream-viewers.ts';

export interface StreamingParts {
  readonly config: Config;
  readonly operator: SwarmOperator;
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface RunningStreaming {
  readonly live: LiveTurns;
  readonly port: number;
  close(): Promise<void>;
}

/** The logs of running turns, and the server that shows them. */
export async function startStreaming(parts: StreamingParts): Promise<RunningStreaming> {
  const { config, operator, kube, clock, log, metrics } = parts;
  const { streamCertificateFile: certificateFile, streamKeyFile: keyFile } = config;
  const files = certificateFile !== undefined && keyFile !== undefined ? { certificateFile, keyFile } : undefined;
  const certificate = await createCertificateSource({ files, clock, log });
  const logs = new TurnLogs({ clock, newId: () => randomUUID().slice(0, 8) });
  const turns = operator.cacheOf<Turn>(kinds.turn);
  const server = await startStreamServer({
    address: config.streamAddress,
    certificate,
    logs,
    access: {
      findTurn: ({ namespace, name }) => turns.get(objectKey(namespace, name)),
      review: (token, name) => reviewViewer(kube, token, name),
    },
    isLeading: () => operator.isLeading(),
    clock,
    log,
    metrics,
  });
  const live: LiveTurns = {
    address: () => streamAddress(config, server.port, certificate.current.sha256),
    recorded: (turn) => {
      logs.recorded(turn);
    },
    gone: (name) => {
      logs.gone(name);
    },
    answering: (turn, source) => logs.answering(turn, source),
    unread: (turn) => logs.unread(turn),
  };
  return {
    live,
    port: server.port,
    close: async () => {
      await server.stop();
      certificate.close();
      logs.close();
    },
  };
}

/** How clients find this very process. One that runs on somebody's own machine is reached there. */
function streamAddress(config: Config, port: number, certificateSHA256: string): TurnStream {
  const { podName: pod, podNamespace: namespace, streamAddress: address, streamUrl } = config;
  const isLocal = pod === undefined && /^(127\.|localhost:|\[::1\]:)/.test(address);
  const url = streamUrl ?? (isLocal ? `https://${address.slice(0, address.lastIndexOf(':'))}:${port}` : undefined);
  return {
    ...(pod !== undefined && { pod }),
    ...(namespace !== undefined && { namespace }),
    port,
    ...(url !== undefined && { url }),
    certificateSHA256,
  };
}
