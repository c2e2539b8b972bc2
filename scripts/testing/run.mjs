import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Checks whether a command exits with 0. */
export const works = (command, argv = ['--version']) =>
  spawnSync(command, argv, { stdio: 'ignore', timeout: 60_000 }).status === 0;

/** Runs a command and returns its output. Throws an error with the most informative line of the output. */
export async function run(command, argv, options = {}) {
  try {
    const { stdout } = await execute(command, argv, { maxBuffer: 2 ** 26, ...options });
    return stdout;
  } catch (error) {
    const outputLines = `${error.stdout ?? ''}\n${error.stderr ?? ''}`.split('\n');
    const lines = outputLines.filter((line) => line.trim() !== '' && !/complete log of this run/.test(line));
    throw new Error(
      `${[command, ...argv].join(' ')}: ${lines.find((line) => /Error: |failed, reason/.test(line)) ?? lines.at(-1) ?? error.message}`,
      { cause: error },
    );
  }
}
