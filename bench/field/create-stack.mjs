import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const client = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'dist', 'client.js');
/** Matches variables that would enable the user's model, agent, cloud or server. */
const foreign = /^(BERTH|TEMPORAL(?!_CLI$)|OPENAI|ANTHROPIC|GEMINI|GOOGLE|MODAL|BENTO|LANGSMITH|LANGCHAIN|LANGGRAPH)_/;

/** Berth in a temporary home: `run` runs a command, `end` removes all deployments and stops server and worker. */
export function createStack(home) {
  const environment = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const env = { ...Object.fromEntries(environment), BERTH_HOME: home, NO_COLOR: '1' };
  const run = async (argv, seconds) => {
    const { exitCode, stdout, stderr, timedOut } = await execa(process.execPath, [client, ...argv, '--json'], {
      env,
      extendEnv: false,
      reject: false,
      timeout: seconds * 1000,
      forceKillAfterDelay: 5000,
      stdin: 'ignore',
      // Ctrl-C ends the run after the current repository.
      detached: true,
      cleanup: true,
    });
    return { exitCode, answer: parseJson(stdout), stderr, timedOut };
  };
  const end = async () => {
    await run(['cleanup', '--all', '--yes'], 300);
    await run(['down'], 60);
  };
  return { run, end };
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
