import { randomUUID } from 'node:crypto';
import type { RunPlan } from '../../../src/contract/handle.js';
import { buildSoftwareEnvironment } from '../../../src/runners/build-software-environment.js';
import { callHttp } from '../../../src/runners/http/http-call.js';
import { getListenAddress } from '../../../src/runners/http/server-address.js';
import { moduleResources } from '../../../src/runners/server/python-module-arguments.js';
import type { ServerCommand, StartAttempt } from '../../../src/runners/server/server-options.js';
import { ServerProcess } from '../../../src/runners/server/server-process.js';
import type { ServerRecord } from '../../../src/runners/server/server-record.js';
import { parseGraphInterface } from '../graph-interface.js';
import { type BrokenGraph, describeSkippedGraph, findBrokenGraph } from './broken-graph.js';
import { explainStartFailure } from './explain-start-failure.js';
import { prepareServerFiles } from './prepare-server-files.js';
import { probeServer } from './probe-server.js';
import { buildServerArguments, buildServerEnvironment } from './server-command.js';

/** Seconds that importing the graphs may take. */
const startTimeout = 300;
/** Milliseconds that the server may take to cancel lost runs. */
const cancelTimeout = 10_000;

/**
 * Server of a revision, `langgraph dev`. It has all graphs of the langgraph.json, which may call each other, and loads
 * all or none: a graph that cannot be loaded and is not the called one is left out, and the record's notes name it.
 */
export const openGraphServer = (plan: RunPlan): ServerProcess =>
  new ServerProcess(plan, {
    command: (port, attempt) => buildCommand(plan, port, attempt),
    address: getListenAddress(plan),
    healthPath: '/ok',
    probe: (server) => probeServer(server, plan.logFile),
    startTimeout,
    appliedResources: [...moduleResources, 'concurrency'],
    explainFailure: (server, exit) => explainStartFailure(plan, server, exit),
    canRetry: (error, { failures, onProgress }) => {
      const broken = findBrokenGraph(error);
      const { assistantId } = parseGraphInterface(plan.runInterface);
      if (broken === undefined || [assistantId, ...listNames(failures)].includes(broken.name)) return false;
      onProgress?.(`the graph ${broken.name} cannot be loaded: starting without it`);
      return true;
    },
    onLaunched: cancelLostRuns,
  });

async function buildCommand(
  plan: RunPlan,
  port: number,
  { env, failures, onProgress }: StartAttempt,
): Promise<ServerCommand> {
  const graph = parseGraphInterface(plan.runInterface);
  const files = await prepareServerFiles(plan, graph, { skippedGraphs: listNames(failures), onProgress });
  const { config, dependencies, declared } = files;
  const python = plan.environment?.python ?? 'python3';
  const { concurrency, memory } = plan.resources;
  const { needsHost } = graph;
  const base = buildSoftwareEnvironment(python);
  const token = randomUUID();
  return {
    argv: [python, ...buildServerArguments({ address: getListenAddress(plan), port, config, concurrency, memory })],
    environment: buildServerEnvironment(plan, { base, declared, dependencies, env, token, needsHost }),
    token,
    notes: listBrokenGraphs(failures).map((broken) => describeSkippedGraph(graph, broken)),
  };
}

const listBrokenGraphs = (failures: readonly unknown[]): BrokenGraph[] =>
  failures.map(findBrokenGraph).filter((broken) => broken !== undefined);

const listNames = (failures: readonly unknown[]): string[] => listBrokenGraphs(failures).map(({ name }) => name);

/**
 * Cancels the runs that were active when an earlier server was killed. Their callers are gone, but the server would run
 * them again with all their effects, and a run that ended the server would end it again.
 */
async function cancelLostRuns({ url }: ServerRecord): Promise<void> {
  await callHttp({
    url: `${url}/runs/cancel?action=interrupt`,
    headers: { 'content-type': 'application/json' },
    body: '{"status":"all"}',
    signal: AbortSignal.timeout(cancelTimeout),
  }).catch(() => undefined); // the server has ended meanwhile, which its health shows
}
