import type { RunPlan } from '../../../src/contract/handle.js';
import { getListenAddress } from '../../../src/runners/http/server-address.js';
import type { StartOptions } from '../../../src/runners/runner.js';
import { buildModuleArguments, moduleResources } from '../../../src/runners/server/python-module-arguments.js';
import type { ServerOptions } from '../../../src/runners/server/server-options.js';
import { ServerProcess } from '../../../src/runners/server/server-process.js';
import type { ServerRecord } from '../../../src/runners/server/server-record.js';
import { type BentoInterface, parseBentoInterface } from '../bento-interface.js';
import { findApi, type ServiceApi } from '../calls/service-api.js';
import { probeServer } from './probe-server.js';
import { buildBentoServerEnvironment, createServerDirectories } from './server-environment.js';
import { createFailureDetector, explainStartFailure } from './start-failure.js';

export interface StartedServer {
  server: ServerRecord;
  api: ServiceApi;
}

/** Seconds that a service has to build itself: it may load a model. */
const startTimeout = 900;
/** Seconds that a server which has served before has to answer again: BentoML replaces a dead worker within ten. */
const restartTimeout = 15;

/** Starts `bentoml serve` for the revision, and finds the API that is called. */
export async function startServer(plan: RunPlan, options: StartOptions): Promise<StartedServer> {
  const bentoInterface = parseBentoInterface(plan);
  const process = new ServerProcess(plan, describeServer(plan, bentoInterface, options.env));
  const server = await process.start(options);
  try {
    return { server, api: await findApi(server.url, bentoInterface) };
  } catch (error) {
    await process.stop(0);
    throw error;
  }
}

function describeServer(plan: RunPlan, bentoInterface: BentoInterface, env: Record<string, string>): ServerOptions {
  return {
    command: async (port) => {
      await createServerDirectories(plan);
      return {
        argv: buildServeCommand(plan, bentoInterface, port),
        environment: buildBentoServerEnvironment(plan, bentoInterface, env),
      };
    },
    address: getListenAddress(plan),
    healthPath: '/readyz',
    probe: probeServer,
    startTimeout,
    restartTimeout,
    // An existing service sets its own number of threads.
    appliedResources: bentoInterface.call === undefined ? moduleResources : [...moduleResources, 'concurrency'],
    hasFailed: createFailureDetector(plan),
    explainFailure: (server, exit) => explainStartFailure({ plan, bentoInterface, env }, server, exit),
  };
}

function buildServeCommand(plan: RunPlan, { service }: BentoInterface, port: number): string[] {
  const moduleArguments = buildModuleArguments('bentoml', plan.resources.memory);
  const serveArguments = ['serve', service, '--host', getListenAddress(plan), '--port', String(port)];
  return [plan.environment?.python ?? 'python3', ...moduleArguments, ...serveArguments];
}
