import type Docker from 'dockerode';
import type { RunPlan } from '../../../src/contract/handle.js';
import { defaultSetupTimeout } from '../../../src/runners/host/boot-document.js';
import { parseQuantity } from '../../../src/runners/parse-quantity.js';
import type { DockerInterface } from '../docker-interface.js';
import { containerName, homeMark, labels } from './container-name.js';

export interface ContainerRequest {
  plan: RunPlan;
  software: DockerInterface;
  image: string;
  /** Port of the server in the container. */
  port: number;
  /** Address of this machine at which the port is published. */
  host: string;
  token: string;
  /** The software's variables in plain text. They go only to the engine. */
  env: Record<string, string>;
  limits: Limits;
  isReadOnly: boolean;
}

/** Limits that the engine enforces. */
export interface Limits {
  /** Cores. */
  cpu?: number;
  /** Number of GPUs; -1 means all. */
  gpu?: number;
}

/** Seconds that running calls get when the container is stopped. */
export const grace = 10;

/** Directory of the code in images that a recipe describes. Berth's host program is next to it. */
export const codeDirectory = '/app';

/** Describes the container for the engine: a pure function of the plan and the decisions of this start. */
export function describeContainer(request: ContainerRequest): Docker.ContainerCreateOptions {
  const { plan, software, image, port, host, token, limits } = request;
  const exposed = `${port}/tcp`;
  const { memory } = plan.resources;
  return {
    name: containerName(plan),
    Image: image,
    Labels: {
      [labels.deployment]: plan.deployment,
      [labels.revision]: plan.revision,
      [labels.token]: token,
      [labels.home]: homeMark(plan),
    },
    Env: Object.entries(buildEnvironment(request)).map(([name, value]) => `${name}=${value}`),
    ExposedPorts: { [exposed]: {} },
    HostConfig: {
      // An init process that forwards signals and reaps. Without it, a server that sets no handler ignores SIGTERM.
      Init: true,
      RestartPolicy: { Name: 'no' },
      PortBindings: { [exposed]: [{ HostIp: host, HostPort: '' }] },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      ...(memory !== undefined && { Memory: parseQuantity(memory), MemorySwap: parseQuantity(memory) }),
      ...(limits.cpu !== undefined && { NanoCpus: Math.round(limits.cpu * 1e9) }),
      ...(limits.gpu !== undefined && { DeviceRequests: [{ Count: limits.gpu, Capabilities: [['gpu']] }] }),
      ...(software.serves !== undefined && buildSandbox(request)),
    },
  };
}

/** Restricts Berth's own image. The needs of other images are unknown. */
const buildSandbox = ({ isReadOnly }: ContainerRequest): Docker.HostConfig => ({
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  ReadonlyRootfs: isReadOnly,
  Tmpfs: { '/tmp': 'rw,exec,nosuid,nodev,mode=1777' },
});

function buildEnvironment({ plan, software, port, token, env }: ContainerRequest): Record<string, string> {
  const { serves } = software;
  if (serves === undefined) return { PORT: String(port), ...env };
  const boot = {
    deployment: plan.deployment,
    revision: plan.revision,
    token,
    directory: codeDirectory,
    packageDirectory: null,
    interface: serves,
    timeout: plan.timeout,
    importTimeout: plan.importTimeout ?? null,
    setupTimeout: plan.setupTimeout ?? defaultSetupTimeout,
    concurrency: plan.resources.concurrency ?? null,
    grace,
  };
  return { ...env, BERTH_BOOT: JSON.stringify(boot) };
}
