import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { delimiter, dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseFreePort } from '../../src/processes/ports.js';
import { findProcessesByVariable, killProcessesByVariable } from '../../src/processes/processes-by-environment.js';
import { closeServer, forward, isAnsweringOk, listenOnLoopback, sendJson } from '../support/loopback-server.js';
import { temporaryDirectory } from '../support/temporary-directories.js';

// The one fake of LangSmith Deployment: the control plane that LangGraph's own command and Berth use, on loopback.
// `langgraph dev` serves each uploaded source, behind an endpoint that requires the key.

interface Secret {
  name: string;
  value: string;
}

interface Deployment {
  id: string;
  name: string;
  config: Record<string, unknown>;
  secrets: Secret[];
  revisions: { id: string; status: string; config: string; directory: string }[];
  port: number;
  isEnding?: boolean;
}

export interface FakeOptions {
  key: string;
  /** Python with the LangGraph server. */
  python: string;
  /** Milliseconds that building a revision takes. */
  buildTime?: number;
  /** Final status of every revision instead of DEPLOYED. */
  outcome?: string;
}

export class FakeLangSmith {
  readonly requests: string[] = [];
  readonly deployments = new Map<string, Deployment>();
  /** Answers every request with this status while it is set. */
  failure: number | undefined;
  /** True when the endpoints refuse all callers. */
  refusesCalls = false;
  address = '';
  private readonly directory = temporaryDirectory('lang-smith-');
  private server: Server | undefined;

  constructor(readonly options: FakeOptions) {}

  async listen(): Promise<void> {
    const handle = (request: IncomingMessage, answer: ServerResponse) => this.handle(request, answer);
    ({ server: this.server, address: this.address } = await listenOnLoopback(handle));
  }

  async close(): Promise<void> {
    this.deployments.clear();
    await killProcessesByVariable(this.mark);
    if (this.server !== undefined) await closeServer(this.server);
  }

  /** Lists the processes that serve deployments. */
  listServers(): number[] {
    return findProcessesByVariable(this.mark);
  }

  private get mark(): string {
    return `FAKE_LANG_SMITH=${this.directory}`;
  }

  private async handle(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.address);
    if (pathname.startsWith('/endpoints/')) return this.passOn(request, answer, pathname);
    if (pathname.startsWith('/storage/')) return await this.store(request, answer, pathname);
    this.requests.push(`${request.method} ${pathname}`);
    if (this.failure !== undefined) return sendJson(answer, this.failure, { detail: 'not now' });
    if (request.headers['x-api-key'] !== this.options.key) return sendJson(answer, 403, { detail: 'Forbidden' });
    const body = await buffer(request);
    const fields = body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>);
    const result = this.route(`${request.method} ${pathname}`, fields, searchParams);
    sendJson(answer, result === undefined ? 404 : 200, result ?? { detail: 'Not found' });
  }

  private route(endpoint: string, fields: Record<string, unknown>, query: URLSearchParams): unknown {
    if (endpoint === 'GET /v2/deployments') return { resources: this.list(query) };
    if (endpoint === 'POST /v2/deployments') return this.create(fields);
    const [, method, , id = '', rest = ''] =
      /^(\w+) \/(v2\/deployments|v1\/projects)\/([^/]+)(?:\/(.*))?$/.exec(endpoint) ?? [];
    const deployment = this.deployments.get(id);
    if (deployment === undefined) return undefined;
    if (rest === 'upload-url') return { upload_url: `${this.address}/storage/${id}.tgz`, object_path: `${id}.tgz` };
    if (rest === 'revisions') return { resources: deployment.revisions.slice(-1) };
    const [, revision, type] = /^(?:revisions\/([^/]+)\/)?(?:(build|deploy)_)?logs$/.exec(rest) ?? [];
    if (/logs$/.test(rest))
      return this.readLog(deployment, { type, ...Object.fromEntries(query), ...fields, revision });
    if (rest.startsWith('revisions/')) return deployment.revisions.find((revision) => rest.endsWith(revision.id));
    if (method === 'PATCH') this.build(deployment, fields);
    if (method === 'DELETE') this.remove(deployment);
    return this.describe(deployment);
  }

  private list(query: URLSearchParams): unknown[] {
    const [name, part] = [query.get('name'), query.get('name_contains') ?? ''];
    const [from, count] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 20)];
    return [...this.deployments.values()]
      .filter((deployment) => (name === null || deployment.name === name) && deployment.name.includes(part))
      .slice(from, from + count)
      .map((deployment) => this.describe(deployment));
  }

  /** Returns a page of at most 100 entries: lines of `langgraph dev`, with a second between two. */
  private readLog(deployment: Deployment, options: Record<string, unknown>): unknown {
    const { type, order = 'asc', limit = 50, offset = '0', start_time: since, revision } = options;
    const found = deployment.revisions.find(({ id }) => id === revision) ?? deployment.revisions.at(-1);
    const lines =
      type === 'build'
        ? ['pip: no such package']
        : readFileSync(`${found?.directory}.log`, 'utf8').trimEnd().split('\n');
    const entries = lines.map((message, index) => ({
      id: `${found?.id}-${index}`,
      level: 'INFO',
      message,
      timestamp: Date.UTC(2026, 0, 1) + index * 1000,
    }));
    const asOrdered = order === 'asc' ? entries : entries.toReversed();
    const wanted = asOrdered.filter(({ timestamp }) => timestamp >= Date.parse(String(since ?? 0)));
    const end = Number(offset) + Math.min(Number(limit), 100);
    return { logs: wanted.slice(Number(offset), end), next_offset: end < wanted.length ? String(end) : null };
  }

  private create({ name, source_config: config, secrets = [] }: Record<string, unknown>): unknown {
    const deployment: Deployment = {
      id: randomUUID(),
      name: String(name),
      config: config as Record<string, unknown>,
      secrets: secrets as Secret[],
      revisions: [],
      port: 0,
    };
    this.deployments.set(deployment.id, deployment);
    return this.describe(deployment);
  }

  private async store(request: IncomingMessage, answer: ServerResponse, pathname: string): Promise<void> {
    writeFileSync(join(this.directory, pathname.slice('/storage/'.length)), await buffer(request));
    answer.writeHead(200).end();
  }

  private build(deployment: Deployment, fields: Record<string, unknown>): void {
    const { source_tarball_path: archive, langgraph_config_path: config } = fields.source_revision_config as Record<
      string,
      string
    >;
    const id = randomUUID();
    const directory = join(this.directory, id);
    mkdirSync(directory);
    execFileSync('tar', ['-xzf', join(this.directory, archive ?? ''), '-C', directory]);
    const revision = { id, status: 'QUEUED', config: config ?? '', directory };
    deployment.secrets = fields.secrets as Secret[];
    deployment.revisions.push(revision);
    void this.bringUp(deployment, revision);
  }

  private async bringUp(deployment: Deployment, revision: Deployment['revisions'][number]): Promise<void> {
    const { buildTime = 0, outcome } = this.options;
    revision.status = 'BUILDING';
    await sleep(buildTime);
    if (outcome !== undefined) {
      revision.status = outcome;
      return;
    }
    revision.status = 'DEPLOYING';
    deployment.port = await chooseFreePort(`${this.directory}/${deployment.id}`);
    this.serve(deployment, revision);
    while (this.deployments.has(deployment.id) && revision.status === 'DEPLOYING') {
      if (await isAnsweringOk(`http://127.0.0.1:${deployment.port}/ok`)) revision.status = 'DEPLOYED';
      await sleep(50);
    }
  }

  /** Serves a revision. Starts an ended server again without its lost runs, like the cloud, while the deployment exists. */
  private serve(deployment: Deployment, revision: Deployment['revisions'][number]): void {
    const { id, secrets, port } = deployment;
    const { config, directory } = revision;
    const { python } = this.options;
    const options = ['--no-browser', '--no-reload', '--allow-blocking', '--host', '127.0.0.1', '--port', String(port)];
    const { N_JOBS_PER_WORKER: jobs = '10', ...variables } = Object.fromEntries(
      secrets.map(({ name, value }) => [name, value]),
    );
    const log = openSync(`${directory}.log`, 'a');
    const server = spawn(
      python,
      ['-m', 'langgraph_cli', 'dev', ...options, '--n-jobs-per-worker', jobs, '--config', join(directory, config)],
      {
        cwd: directory,
        env: {
          PATH: [dirname(python), process.env.PATH].join(delimiter),
          HOME: directory,
          LANGGRAPH_CLI_NO_ANALYTICS: '1',
          LANGGRAPH_NO_VERSION_CHECK: 'true',
          LANGSMITH_TRACING: 'false',
          DEPLOYED_AS: id,
          FAKE_LANG_SMITH: this.directory,
          ...variables,
        },
        detached: true,
        stdio: ['ignore', log, log],
      },
    );
    server.unref();
    server.on('exit', () => {
      if (!this.deployments.has(id) || deployment.isEnding) return;
      rmSync(join(directory, '.langgraph_api'), { recursive: true, force: true });
      this.serve(deployment, revision);
    });
  }

  /** Removes a deployment with a delay, like the cloud: it is listed until its processes are gone. */
  private remove(deployment: Deployment): void {
    const { id } = deployment;
    deployment.isEnding = true;
    void killProcessesByVariable(`DEPLOYED_AS=${id}`).then(() => this.deployments.delete(id));
  }

  private describe({ id, name, config }: Deployment): unknown {
    return {
      id,
      name,
      source: 'internal_source',
      source_config: { ...config, custom_url: `${this.address}/endpoints/${id}` },
    };
  }

  private passOn(request: IncomingMessage, answer: ServerResponse, pathname: string): void {
    const [, id = '', path = ''] = /^\/endpoints\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
    const deployment = this.deployments.get(id);
    if (deployment?.revisions.at(-1)?.status !== 'DEPLOYED') sendJson(answer, 503, { detail: 'not deployed' });
    else if (this.refusesCalls || request.headers['x-api-key'] !== this.options.key)
      sendJson(answer, 403, { detail: 'Forbidden' });
    else forward(request, answer, { port: deployment.port, path });
  }
}
