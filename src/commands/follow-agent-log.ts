import { berthHome, deploymentDirectory } from '../home/home.js';
import { followFile } from './follow-file.js';
import { stripControls } from './strip-controls.js';

/** An action of a coding agent, as the worker logged it. */
export interface LoggedEvent {
  kind: string;
  text: string;
  agent: string;
  round: number | null;
}

/**
 * Reports the actions of coding agents from now on. Reads a local file, so it reports nothing for a deployment on
 * another host. The returned function stops it after reporting all that was written so far.
 */
export function followAgentLog(name: string, onEvent: (event: LoggedEvent) => void): () => Promise<void> {
  return followFile(deploymentDirectory(berthHome(), name).agentLog, (line) => {
    const event = parseEvent(line);
    if (event !== undefined) onEvent(event);
  });
}

/** Parses a line and strips terminal control sequences; undefined for a partial line that a crash left. */
function parseEvent(line: string): LoggedEvent | undefined {
  try {
    const { kind, text, agent, round }: Partial<Record<string, unknown>> = JSON.parse(line);
    if (typeof text !== 'string') return undefined;
    return {
      kind: typeof kind === 'string' ? kind : 'other',
      text: stripControls(text).trimEnd(),
      agent: typeof agent === 'string' ? agent : 'agent',
      round: typeof round === 'number' ? round : null,
    };
  } catch {
    return undefined;
  }
}
