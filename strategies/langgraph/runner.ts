import { explainHostRequirement } from '../../src/adaptation/shapes/explain-host-requirement.js';
import type { Answer } from '../../src/contract/answer.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import type { BerthHome } from '../../src/home/home.js';
import { type ReadJson, readExactJson, readJson } from '../../src/json/read-json.js';
import { callWithParsedInputs, streamWithParsedInputs } from '../../src/runners/call-text.js';
import { neverStarted } from '../../src/runners/health.js';
import { notStarted } from '../../src/runners/not-started.js';
import type {
  CallOptions,
  ExternalResource,
  Health,
  LogOptions,
  Runner,
  StartOptions,
} from '../../src/runners/runner.js';
import { callGraph } from './calls/call-graph.js';
import type { GraphServer } from './calls/graph-run.js';
import { parseGraphInterface } from './graph-interface.js';
import type { GraphHandle, ServingBackend } from './serving-backend.js';

/**
 * Runs a revision's graphs on the LangGraph server: on this machine, or in LangSmith Deployment when that is the plan's
 * provider. `run(inputs)` is one run of the graph that the run interface names:
 * - The inputs are the graph's input state, and its final state is the output. Each call has its own state.
 * - With `"__thread__": "NAME"` among the inputs, the call continues that conversation from its stored state.
 * - A graph that interrupts itself answers with `__interrupt__` (its question) and `__thread__` in the output. It
 *   continues with `{"__thread__": …, "__resume__": VALUE}`.
 * - `stream` yields the server's events as chunks: see stream-graph.ts.
 */
export class LangGraphRunner implements Runner {
  private handle: GraphHandle | undefined;
  private openingBackend: Promise<ServingBackend> | undefined;

  constructor(private readonly plan: RunPlan) {}

  /** Lists resources in LangSmith. On this machine there are only processes and files. */
  static async listResources(home: Pick<BerthHome, 'deployments' | 'clouds'>): Promise<ExternalResource[]> {
    const { listResources } = await import('./cloud/list-resources.js');
    return await listResources(home);
  }

  async start(options: StartOptions): Promise<Handle> {
    refuseHostModulesInCloud(this.plan);
    const served = await (await this.getBackend()).start(options);
    const handle: GraphHandle = { plan: this.plan, startedAt: new Date().toISOString(), ...served };
    await this.attach(handle);
    return handle;
  }

  async attach(handle: Handle): Promise<void> {
    this.handle = handle as GraphHandle; // written by `start`
  }

  run(inputs: unknown, options?: CallOptions): Promise<Answer> {
    return this.runGraph(inputs, options);
  }

  runText(text: string, options?: CallOptions): Promise<string> {
    return callWithParsedInputs(text, { keepsDigits: true }, (inputs) => this.runGraph(inputs, options, readExactJson));
  }

  stream(inputs: unknown, options?: CallOptions): AsyncGenerator<unknown, Answer> {
    return this.runGraphStream(inputs, options);
  }

  streamText(text: string, options?: CallOptions): AsyncGenerator<string, string> {
    return streamWithParsedInputs(text, { keepsDigits: true }, (inputs) =>
      this.runGraphStream(inputs, options, readExactJson),
    );
  }

  async isHealthy(): Promise<Health> {
    if (this.handle === undefined) return neverStarted;
    return await (await this.getBackend()).isHealthy(this.handle);
  }

  async *logs(options?: LogOptions): AsyncIterable<string> {
    yield* (await this.getBackend()).logs(options);
  }

  async stop(): Promise<void> {
    await (await this.getBackend()).stop();
  }

  async undo(): Promise<void> {
    await (await this.getBackend()).undo();
  }

  /** Each call uses its own connection: there is nothing to close. */
  async close(): Promise<void> {}

  private async runGraph(inputs: unknown, options?: CallOptions, read: ReadJson = readJson): Promise<Answer> {
    const server = await this.findServer(read);
    return 'status' in server ? server : await callGraph(server, inputs, options);
  }

  private async *runGraphStream(
    inputs: unknown,
    options?: CallOptions,
    read: ReadJson = readJson,
  ): AsyncGenerator<unknown, Answer> {
    const server = await this.findServer(read);
    if ('status' in server) return server;
    const { streamGraph } = await import('./calls/stream-graph.js');
    return yield* streamGraph(server, inputs, options);
  }

  /** Returns the error answer when no server can be called. */
  private async findServer(read: ReadJson): Promise<GraphServer | Answer> {
    const { plan, handle } = this;
    if (handle === undefined) return notStarted;
    const target = (await this.getBackend()).findCallTarget(handle);
    if ('status' in target) return target;
    return { plan, graph: parseGraphInterface(plan.runInterface), endpoint: target.url, headers: target.headers, read };
  }

  /** Loads only the modules of the backend in use. */
  private getBackend(): Promise<ServingBackend> {
    this.openingBackend ??= openBackend(this.plan);
    return this.openingBackend;
  }
}

/**
 * Refuses before anything is created in the cloud.
 *
 * @throws START_FAILED when the graph needs Berth's host modules.
 */
function refuseHostModulesInCloud({ provider, runInterface, deployment }: RunPlan): void {
  const loading = provider === 'langsmith' ? explainHostRequirement(runInterface) : undefined;
  if (loading === undefined) return;
  const { what, advice } = loading;
  const message = `a graph around ${what} needs modules of Berth’s own, which LangSmith does not have: ${advice}`;
  throw new BerthError('START_FAILED', message, { name: deployment });
}

async function openBackend(plan: RunPlan): Promise<ServingBackend> {
  if (plan.provider === 'langsmith') return new (await import('./cloud/cloud-backend.js')).CloudBackend(plan);
  return new (await import('./server/local-backend.js')).LocalBackend(plan);
}
