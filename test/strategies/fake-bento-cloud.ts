import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { delimiter, dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseFreePort } from '../../src/processes/ports.js';
import { findProcessesByVariable, killProcessesByVariable } from '../../src/processes/processes-by-environment.js';
import { closeServer, forward, isAnsweringOk, listenOnLoopback, sendJson } from '../support/loopback-server.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { refuseWebSocket } from '../support/web-socket.js';
import { type Pod, sendPods, tailPod } from './fake-bento-cloud-log.js';

// The one fake of BentoCloud: the REST API that BentoML's own command and Berth use, on loopback. `bentoml serve` serves
// each pushed bento, behind an endpoint that requires the token.

interface Bento {
  repository: string;
  version: string;
  directory: string;
  status: 'pending' | 'success';
}

interface Request {
  name: string;
  bento: string;
  access_authorization?: boolean;
  envs?: { name: string; value: string }[];
  secrets?: string[];
  services: Record<string, { instance_type?: string; scaling?: Record<string, number> }>;
}

interface Deployment {
  request: Request;
  status: string;
  port: number;
}

export interface FakeOptions {
  token: string;
  /** Python with BentoML. */
  python: string;
  /** Milliseconds that building the image takes. */
  buildTime?: number;
  /** Final status of every deployment instead of `running`. */
  outcome?: string;
}

export class FakeBentoCloud {
  readonly requests: string[] = [];
  readonly bentos = new Map<string, Bento>();
  readonly deployments = new Map<string, Deployment>();
  readonly secrets = new Map<string, { key: string; value: string }[]>();
  /** Answers every request with this status while it is set. */
  failure: number | undefined;
  address = '';
  private readonly directory = temporaryDirectory('bento-cloud-');
  private server: Server | undefined;
  private readonly sockets = new Set<Duplex>();

  constructor(readonly options: FakeOptions) {}

  async listen(): Promise<void> {
    ({ server: this.server, address: this.address } = await listenOnLoopback((request, answer) =>
      this.handle(request, answer),
    ));
    this.server.on('upgrade', (request, stream) => {
      this.sockets.add(stream.on('close', () => this.sockets.delete(stream)));
      this.handleSocket(request, stream);
    });
  }

  async close(): Promise<void> {
    await killProcessesByVariable(this.mark);
    for (const socket of this.sockets) socket.destroy();
    if (this.server !== undefined) await closeServer(this.server);
  }

  /** Lists the processes that serve deployments. */
  listServers(): number[] {
    return findProcessesByVariable(this.mark);
  }

  private get mark(): string {
    return `FAKE_BENTO_CLOUD=${this.directory}`;
  }

  private async handle(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.address);
    const { pathname } = url;
    if (pathname.startsWith('/endpoints/')) return this.passOn(request, answer, pathname);
    this.requests.push(`${request.method} ${pathname}`);
    if (this.failure !== undefined) return sendJson(answer, this.failure, { message: 'not now' });
    if (request.headers['x-yatai-api-token'] !== this.options.token)
      return sendJson(answer, 401, { message: 'bad token' });
    const body = await buffer(request);
    const result = this.list(request.method, url) ?? (await this.route(`${request.method} ${pathname}`, body));
    if (result === undefined) sendJson(answer, 404, { message: 'record not found' });
    else sendJson(answer, 200, result);
  }

  /** Serves logs, which are available over WebSockets only. */
  private handleSocket(request: IncomingMessage, stream: Duplex): void {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', this.address);
    this.requests.push(`${request.method} ${pathname}`);
    const [, name] = /^\/ws\/v2\/deployments\/([^/]+)\/pods$/.exec(pathname) ?? [];
    const pods = [...this.deployments.keys()].flatMap((deployment) => this.podsOf(deployment));
    const pod = pods.find((one) => one.name === query.get('pod_name'));
    const isTail = pathname === `/ws/v1/clusters/${cluster.name}/tail` && query.get('namespace') === 'bento';
    if (request.headers['x-yatai-api-token'] !== this.options.token) refuseWebSocket(stream, 401);
    else if (name !== undefined && query.get('cluster') === cluster.name) sendPods(request, stream, this.podsOf(name));
    else if (pod !== undefined && isTail) tailPod(request, stream, { pod, note: (event) => this.requests.push(event) });
    else refuseWebSocket(stream, 404);
  }

  /** Returns the pod of a running or failed deployment. */
  private podsOf(name: string): Pod[] {
    const { status, port } = this.deployments.get(name) ?? {};
    return port && (status === 'running' || status === 'failed')
      ? [{ name: `${name}-0`, logFile: this.logOf(name) }]
      : [];
  }

  private logOf(name: string): string {
    return join(this.directory, 'homes', `${name}.log`);
  }

  /** Returns a page of all items; without `all`, of one cluster, which has none. */
  private list(method: string | undefined, { pathname, searchParams }: URL): unknown {
    const lists: Record<string, () => unknown[]> = {
      '/api/v2/deployments': () => [...this.deployments.values()].map((deployment) => this.describe(deployment)),
      '/api/v1/org_secrets': () => [...this.secrets.keys()].map(describeSecret),
      '/api/v1/bentos': () => [...this.bentos.values()].map(describeBento),
    };
    const listed = method === 'GET' ? lists[pathname]?.() : undefined;
    if (listed === undefined) return undefined;
    const isShown = pathname === '/api/v1/bentos' || searchParams.get('all') === 'true';
    const [start, count] = [Number(searchParams.get('start') ?? 0), Number(searchParams.get('count') ?? 10)];
    const items = isShown ? listed : [];
    return { start, count, total: items.length, items: items.slice(start, start + count) };
  }

  private async route(endpoint: string, body: Buffer): Promise<unknown> {
    const read = <T>() => JSON.parse(body.toString()) as T;
    const find = (pattern: RegExp) => pattern.exec(endpoint)?.slice(1);
    const [repository, version, action] =
      find(/^\w+ \/api\/v1\/bento_repositories(?:\/([^/]+)(?:\/bentos(?:\/([^/]+)(?:\/(\w+))?)?)?)?$/) ?? [];
    if (endpoint.includes('/bento_repositories'))
      return this.routeBento(endpoint, { repository, version, action }, body);
    if (endpoint === 'GET /api/v1/instance_types') return instanceTypes;
    if (endpoint === 'POST /api/v1/org_secrets') return this.putSecret(read());
    const [secret] = find(/^\w+ \/api\/v1\/org_secrets\/([^/]+)$/) ?? [];
    if (secret !== undefined) return this.routeSecret(endpoint, secret, body);
    if (endpoint === 'POST /api/v2/deployments') return this.deploy(read());
    const [name, terminate] = find(/^\w+ \/api\/v2\/deployments\/([^/]+)(\/terminate)?$/) ?? [];
    const deployment = this.deployments.get(name ?? '');
    if (name === undefined || deployment === undefined) return undefined;
    if (terminate) void this.terminate(deployment);
    else if (endpoint.startsWith('PUT')) return this.deploy({ ...read<Request>(), name });
    else if (endpoint.startsWith('DELETE')) {
      if (deployment.status !== 'terminated') throw new Error('terminate it first');
      this.deployments.delete(name);
    }
    return this.describe(deployment);
  }

  private routeBento(
    endpoint: string,
    { repository, version, action }: Record<'repository' | 'version' | 'action', string | undefined>,
    body: Buffer,
  ): unknown {
    if (repository === undefined) return describeRepository((JSON.parse(body.toString()) as { name: string }).name);
    const known = [...this.bentos.values()].filter((bento) => bento.repository === repository);
    if (version === undefined) {
      if (endpoint.startsWith('GET')) return known.length === 0 ? undefined : describeRepository(repository);
      const { version: named } = JSON.parse(body.toString()) as { version: string };
      const bento: Bento = {
        repository,
        version: named,
        directory: join(this.directory, repository, named),
        status: 'pending',
      };
      this.bentos.set(`${repository}:${named}`, bento);
      return describeBento(bento);
    }
    const bento = this.bentos.get(`${repository}:${version}`);
    if (bento === undefined) return undefined;
    if (action === 'upload') this.unpack(bento, body);
    if (endpoint.startsWith('DELETE')) this.bentos.delete(`${repository}:${version}`);
    return describeBento(bento);
  }

  private unpack(bento: Bento, archive: Buffer): void {
    mkdirSync(bento.directory, { recursive: true });
    writeFileSync(`${bento.directory}.tar`, archive);
    execFileSync('tar', ['-xf', `${bento.directory}.tar`, '-C', bento.directory]);
    bento.status = 'success';
  }

  private putSecret({
    name,
    content,
  }: {
    name: string;
    content: { items: { key: string; value: string }[] };
  }): unknown {
    this.secrets.set(name, content.items);
    return describeSecret(name);
  }

  private routeSecret(endpoint: string, name: string, body: Buffer): unknown {
    if (!this.secrets.has(name)) return undefined;
    if (endpoint.startsWith('PATCH')) return this.putSecret({ name, ...JSON.parse(body.toString()) });
    if (endpoint.startsWith('DELETE')) this.secrets.delete(name);
    return describeSecret(name);
  }

  private deploy(request: Request): unknown {
    const bento = this.bentos.get(request.bento);
    if (bento?.status !== 'success') throw new Error(`there is no bento ${request.bento}`);
    const deployment: Deployment = { request, status: 'image-building', port: 0 };
    this.deployments.set(request.name, deployment);
    void this.bringUp(deployment, bento);
    return this.describe(deployment);
  }

  private async bringUp(deployment: Deployment, bento: Bento): Promise<void> {
    const { buildTime = 0, outcome } = this.options;
    await sleep(buildTime);
    if (deployment.status !== 'image-building') return;
    if (outcome !== undefined) {
      deployment.status = outcome;
      return;
    }
    deployment.status = 'deploying';
    deployment.port = await chooseFreePort(`${this.directory}/${deployment.request.name}`);
    this.serve(deployment, bento).on('exit', () => {
      if (deployment.status === 'deploying') deployment.status = 'failed';
    });
    while (deployment.status === 'deploying') {
      const isUp = await isAnsweringOk(`http://127.0.0.1:${deployment.port}/readyz`);
      if (isUp && deployment.status === 'deploying') deployment.status = 'running';
      await sleep(50);
    }
  }

  private serve({ request: { name, envs = [], secrets = [] }, port }: Deployment, { directory }: Bento): ChildProcess {
    const { python } = this.options;
    const variables = [
      ...envs.map((item) => [item.name, item.value.replaceAll('/home/bentoml/bento', directory)]),
      ...secrets.flatMap((secret) => (this.secrets.get(secret) ?? []).map(({ key, value }) => [key, value])),
    ];
    const own = join(this.directory, 'homes', name);
    mkdirSync(own, { recursive: true });
    const log = openSync(this.logOf(name), 'w');
    const [key, value] = this.mark.split('=');
    const child = spawn(python, ['-m', 'bentoml', 'serve', directory, '--host', '127.0.0.1', '--port', String(port)], {
      env: {
        PATH: [dirname(python), process.env.PATH].join(delimiter),
        HOME: own,
        BENTOML_HOME: own,
        BENTOML_DO_NOT_TRACK: 'True',
        DEPLOYED_AS: name,
        [key ?? '']: value,
        ...(Object.fromEntries(variables) as Record<string, string>),
      },
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.unref();
    return child;
  }

  /** Terminates a deployment with a delay, like the cloud. */
  private async terminate(deployment: Deployment): Promise<void> {
    deployment.status = 'terminating';
    await sleep(300);
    await killProcessesByVariable(`DEPLOYED_AS=${deployment.request.name}`);
    deployment.status = 'terminated';
  }

  private describe({ request: { name, bento }, status }: Deployment): unknown {
    const pushed = this.bentos.get(bento);
    const target = {
      ...resource(name, 'deployment_target'),
      creator,
      config: null,
      bento: pushed && describeBento(pushed),
    };
    const revision = { ...resource(name, 'deployment_revision'), creator, status: 'active', targets: [target] };
    return {
      ...resource(name, 'deployment'),
      status,
      kube_namespace: 'bento',
      creator,
      cluster,
      latest_revision: revision,
      urls: [`${this.address}/endpoints/${name}`],
    };
  }

  private passOn(request: IncomingMessage, answer: ServerResponse, pathname: string): void {
    const [, name = '', path = ''] = /^\/endpoints\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
    const deployment = this.deployments.get(name);
    const isOpen = deployment?.request.access_authorization !== true;
    const isAllowed = isOpen || request.headers.authorization === `Bearer ${this.options.token}`;
    const query = request.url?.split('?')[1];
    if (deployment?.status !== 'running') sendJson(answer, 503, { message: 'no healthy upstream' });
    else if (!isAllowed) sendJson(answer, 401, { message: 'unauthorized' });
    else forward(request, answer, { port: deployment.port, path: query ? `${path}?${query}` : path });
  }
}

const resource = (name: string, type: string) => ({
  uid: name,
  name,
  resource_type: type,
  labels: [],
  created_at: '2026-01-02T03:04:05Z',
  updated_at: null,
  deleted_at: null,
});

const creator = { name: 'ann', email: 'ann@example.com', first_name: 'Ann', last_name: '' };

const cluster = {
  ...resource('main', 'cluster'),
  description: '',
  organization_name: 'ours',
  creator,
};

const describeSecret = (name: string) => ({
  ...resource(name, 'secret'),
  description: '',
  creator,
  cluster,
  content: { type: 'env', items: [] },
});

const describeRepository = (name: string) => ({
  ...resource(name, 'bento_repository'),
  description: '',
  latest_bento: null,
});

const describeBento = ({ repository, version, status }: Bento) => ({
  ...resource(version, 'bento'),
  description: '',
  version,
  image_build_status: 'pending',
  upload_status: status,
  upload_finished_reason: '',
  presigned_upload_url: '',
  presigned_download_url: '',
  transmission_strategy: 'proxy',
  build_at: '2026-01-02T03:04:05Z',
  repository: describeRepository(repository),
});

const instanceType = (name: string, price: string, requests: Record<string, string>, gpu?: string) => ({
  ...resource(name, 'resource_instance'),
  display_name: name,
  description: '',
  config: {
    group: 'x',
    price,
    resources: { requests },
    gpu_config: gpu === undefined ? null : { type: gpu, memory: '16Gi' },
  },
});

const instanceTypes = [
  instanceType('cpu.4', '0.19', { cpu: '4', memory: '16Gi' }),
  instanceType('cpu.1', '0.05', { cpu: '500m', memory: '2Gi' }),
  instanceType('cpu.2', '0.09', { cpu: '2', memory: '8Gi' }),
  instanceType('gpu.t4', '0.51', { cpu: '4', memory: '16Gi', gpu: '1' }, 'nvidia-tesla-t4'),
];
