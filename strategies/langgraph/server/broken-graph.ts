import { BerthError } from '../../../src/errors.js';
import type { GraphInterface } from '../graph-interface.js';

export interface BrokenGraph {
  name: string;
  /** The server's own words. */
  reason: string;
}

/** Finds the graph that a start failed to load; undefined when it failed for another reason. */
export function findBrokenGraph(error: unknown): BrokenGraph | undefined {
  if (!(error instanceof BerthError) || error.code !== 'START_FAILED') return undefined;
  const output = `${error.message}\n${error.details.evidence ?? ''}`;
  const [, name, reason = ''] = /Failed to load graph '(.+?)' from [^\n]*?: ([^\n]*)/.exec(output) ?? [];
  return name === undefined ? undefined : { name, reason: reason.trim() };
}

export const describeSkippedGraph = ({ config }: GraphInterface, { name, reason }: BrokenGraph): string =>
  `The graph ${name} of ${config} cannot be loaded (${reason.replace(/\.$/, '')}): it is not served.`;
