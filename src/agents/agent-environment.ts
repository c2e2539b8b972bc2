import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The variable that marks every process of a run: its commands live in sessions of their own, out of the group's reach. */
export const markVariable = 'BERTH_AGENT_RUN';

/** What a program needs to find others, to speak, and to reach the network; no secret of anybody. */
const forwardedVariables = [
  /^(PATH|SHELL|USER|LOGNAME|LANG|LC_\w+|TZ)$/,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS)$/,
  /^(http|https|all|no)_proxy$/i,
];

export interface AgentDirectories {
  /** Holds the two others, and whatever else the agent keeps between its runs. */
  state: string;
  home: string;
  temporary: string;
}

/** The agent's own directories, made when they are missing. */
export async function createAgentDirectories(stateDirectory: string): Promise<AgentDirectories> {
  const places = { state: stateDirectory, home: join(stateDirectory, 'home'), temporary: join(stateDirectory, 'tmp') };
  for (const directory of Object.values(places)) await mkdir(directory, { recursive: true, mode: 0o700 });
  return places;
}

/** An environment made from nothing: a short list from the worker's own, the agent's places, its mark. */
export function buildAgentEnvironment(
  places: Pick<AgentDirectories, 'home' | 'temporary'>,
  mark: string,
  source = process.env,
): Record<string, string> {
  const passed = Object.entries(source).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && forwardedVariables.some((pattern) => pattern.test(entry[0])),
  );
  return {
    LANG: 'C.UTF-8',
    ...Object.fromEntries(passed),
    HOME: places.home,
    TMPDIR: places.temporary,
    TERM: 'dumb',
    NO_COLOR: '1',
    [markVariable]: mark,
  };
}

/** The variables of these names that are set. */
export function pickVariables(names: readonly string[], source: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (source[name] ? [[name, source[name]]] : [])));
}
