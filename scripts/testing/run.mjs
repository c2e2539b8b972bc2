import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Whether a command ends well. */
export const works = (command, argv = ['--version']) =>
  spawnSync(command, argv, { stdio: 'ignore', timeout: 60_000 }).status === 0;

/** Runs a command to its end and returns what it printed. Throws with the last line of what it said about its failure. */
export async function run(command, argv, options = {}) {
  try {
    const { stdout } = await execute(command, argv, { maxBuffer: 2 ** 26, ...options });
    return stdout;
  } catch (error) {
    const said = `${error.stdout ?? ''}\n${error.stderr ?? ''}`.split('\n');
    const lines = said.filter((line) => line.trim() !== '' && !/complete log of this run/.test(line));
    throw new Error(
      `${[command, ...argv].join(' ')}: ${lines.find((line) => /Error: |failed, reason/.test(line)) ?? lines.at(-1) ?? error.message}`,
      { cause: error },
    );
  }
}
