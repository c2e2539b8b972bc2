import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import type { AgentSettings } from './agent-settings.js';

/**
 * Reads `agents:` from `$BERTH_HOME/config.yaml`: settings for built-in agents, and user-defined agents. Returns empty
 * settings when there is no file.
 *
 * @throws AGENT_CONFIG when the file cannot be read or is invalid, with one line per mistake: `FILE:LINE: KEY: problem`.
 */
export async function readAgentSettings(home: BerthHome, builtInNames: readonly string[]): Promise<AgentSettings> {
  const file = join(home.root, 'config.yaml');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new BerthError('AGENT_CONFIG', `${file} can’t be read: ${error.message}`);
  });
  if (text === null) return { builtIn: {}, userDefined: {} };
  const { parseAgentSettings } = await import('./parse-agent-settings.js');
  return parseAgentSettings(file, text, builtInNames);
}
