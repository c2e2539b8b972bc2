import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Variable that marks every process of a run. Commands start in their own sessions, so a process group misses them. */
export const markVariable = 'BERTH_AGENT_RUN';

/** Variables for finding programs, for the locale and for the network. None holds a secret. */
const forwardedVariables = [
  /^(PATH|SHELL|USER|LOGNAME|LANG|LC_\w+|TZ)$/,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS)$/,
  /^(http|https|all|no)_proxy$/i,
];

export interface AgentDirectories {
  /** Parent of the other two. The agent's files here persist between its runs. */
  state: string;
  home: string;
  temporary: string;
}

/** Creates the agent's directories where they are missing. */
export async function createAgentDirectories(stateDirectory: string): Promise<AgentDirectories> {
  const directories = {
    state: stateDirectory,
    home: join(stateDirectory, 'home'),
    temporary: join(stateDirectory, 'tmp'),
  };
  for (const directory of Object.values(directories)) await mkdir(directory, { recursive: true, mode: 0o700 });
  return directories;
}

/** Builds an agent's environment from an allowlist of the worker's variables, the agent's directories and its mark. */
export function buildAgentEnvironment(
  directories: Pick<AgentDirectories, 'home' | 'temporary'>,
  mark: string,
  source = process.env,
): Record<string, string> {
  const forwarded = Object.entries(source).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && forwardedVariables.some((pattern) => pattern.test(entry[0])),
  );
  return {
    LANG: 'C.UTF-8',
    ...Object.fromEntries(forwarded),
    HOME: directories.home,
    TMPDIR: directories.temporary,
    TERM: 'dumb',
    NO_COLOR: '1',
    [markVariable]: mark,
  };
}

/** Returns those of the named variables that are set and not empty. */
export function pickVariables(names: readonly string[], source: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (source[name] ? [[name, source[name]]] : [])));
}
