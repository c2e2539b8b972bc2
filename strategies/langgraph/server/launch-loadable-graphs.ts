import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import type { StartOptions } from '../../../src/runners/runner.js';
import type { GraphInterface } from '../graph-interface.js';
import { launchServer } from './launch-server.js';
import type { ServerRecord } from './server-record.js';

interface BrokenGraph {
  name: string;
  /** In the server's words. */
  reason: string;
}

/**
 * Starts the server with all graphs of the langgraph.json, which may call each other. It loads all or none: one that is
 * not called and cannot be loaded is left out, and the record says so.
 */
export async function launchLoadableGraphs(
  plan: RunPlan,
  graph: GraphInterface,
  options: StartOptions,
): Promise<ServerRecord> {
  const broken: BrokenGraph[] = [];
  for (;;) {
    const skippedGraphs = broken.map(({ name }) => name);
    try {
      return await launchServer(plan, graph, {
        ...options,
        skippedGraphs,
        notes: broken.map(describeSkippedGraph(graph)),
      });
    } catch (error) {
      const found = findBrokenGraph(error);
      if (found === undefined || [graph.assistantId, ...skippedGraphs].includes(found.name)) throw error;
      options.onProgress?.(`the graph ${found.name} cannot be loaded: starting without it`);
      broken.push(found);
    }
  }
}

function findBrokenGraph(error: unknown): BrokenGraph | undefined {
  if (!(error instanceof BerthError) || error.code !== 'START_FAILED') return undefined;
  const output = `${error.message}\n${error.details.evidence ?? ''}`;
  const [, name, reason = ''] = /Failed to load graph '(.+?)' from [^\n]*?: ([^\n]*)/.exec(output) ?? [];
  return name === undefined ? undefined : { name, reason: reason.trim() };
}

const describeSkippedGraph =
  ({ config }: GraphInterface) =>
  ({ name, reason }: BrokenGraph): string =>
    `The graph ${name} of ${config} cannot be loaded (${reason.replace(/\.$/, '')}): it is not served.`;
