import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
const directory = process.env.BERTH_TEST_AGENTS || join(cache, 'berth-ci', 'agents');

/** Where `scripts/install-agent-clis.mjs` puts the programs. */
export const agentPrograms = join(directory, 'bin');

export const agentPath = `${agentPrograms}${delimiter}${process.env.PATH}`;

/** Says so when a program is missing; that is a failure only where nothing may be left out. */
export function hasProgram(name: string): boolean {
  if (existsSync(join(agentPrograms, name))) return true;
  const lack = `${name} is not installed: node scripts/install-agent-clis.mjs`;
  if (process.env.BERTH_TEST_COMPLETE === '1') throw new Error(lack);
  console.warn(`left out, because ${lack}`);
  return false;
}
