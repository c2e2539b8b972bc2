import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import type { BuiltInSettings, UserDefinedSettings } from './agent-settings.js';

export interface AgentSettings {
  builtIn: Record<string, BuiltInSettings>;
  /** In the order of the file. */
  userDefined: Record<string, UserDefinedSettings>;
}

/**
 * `agents:` of `$BERTH_HOME/config.yaml`: settings for the agents that Berth knows, commands for the user's own.
 * Nothing when there is no file. Throws AGENT_CONFIG with one line per mistake: `FILE:LINE: KEY: what is wrong`.
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
