import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BerthError } from '../errors.js';
import { addToControlGroup } from './control-group.js';

export interface LoggedCommand {
  /** Program and arguments, run without a shell. */
  argv: readonly string[];
  cwd: string;
  /** All variables of the process: it inherits none. */
  env: NodeJS.ProcessEnv;
  /** File to which stdout and stderr are appended. */
  logFile: string;
  /** State directory whose control group the process joins; none when absent. */
  stateDirectory?: string;
  /** Opens pipes at descriptors 0 and 3, for a program that reads from one and reports through the other. */
  opensPipes?: boolean;
}

/**
 * Starts a program in a new session and appends its output to a log. Resolves when the program runs.
 *
 * @throws TOOL_MISSING when the program cannot be run.
 */
export async function spawnLogged(command: LoggedCommand): Promise<ChildProcess> {
  const { argv, cwd, env, logFile, stateDirectory, opensPipes = false } = command;
  const [program = '', ...args] = argv;
  await mkdir(dirname(logFile), { recursive: true });
  const log = await open(logFile, 'a', 0o600);
  try {
    const child = spawn(program, args, {
      cwd,
      env,
      detached: true,
      stdio: opensPipes ? ['pipe', log.fd, log.fd, 'pipe'] : ['ignore', log.fd, log.fd],
    });
    if (stateDirectory !== undefined) addToControlGroup(child.pid, { stateDirectory });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return child;
  } catch (error) {
    const message = `${program} cannot be run: ${error instanceof Error ? error.message : error}`;
    throw new BerthError('TOOL_MISSING', message, {}, { cause: error });
  } finally {
    await log.close();
  }
}
