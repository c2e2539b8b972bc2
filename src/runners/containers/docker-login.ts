import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Credentials in the format of the engine's API. */
export type RegistryCredentials = { username: string; password: string } | { identitytoken: string };

/** Parts of the file that `docker login` writes: https://docs.docker.com/reference/cli/docker/login/. */
interface DockerConfig {
  auths?: Record<string, { auth?: string; username?: string; password?: string; identitytoken?: string }>;
  /** Program `docker-credential-…` that stores the credentials of all registries. */
  credsStore?: string;
  /** Programs that store the credentials of single registries. */
  credHelpers?: Record<string, string>;
}

/** Key of Docker Hub in that file, and in requests to the engine. */
const hubKey = 'https://index.docker.io/v1/';

/** Milliseconds that a credential helper may take. */
const helperTimeout = 20_000;

/** Returns the key of a registry in that file. */
export const getRegistryKey = (registry: string): string =>
  ['docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(registry) ? hubKey : registry;

/**
 * Finds the credentials of this user for a registry, stored by `docker login` or a credential helper; undefined if there
 * are none. Throws if they exist but cannot be read.
 */
export async function findCredentials(
  registry: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<RegistryCredentials | undefined> {
  const config = await readConfig(environment);
  const key = getRegistryKey(registry);
  const helper = config.credHelpers?.[key] ?? config.credHelpers?.[registry] ?? config.credsStore;
  const stored = helper ? await queryHelper(helper, key, environment) : undefined;
  return stored ?? readCredentials(config, key);
}

async function readConfig({ DOCKER_CONFIG }: NodeJS.ProcessEnv): Promise<DockerConfig> {
  const path = join(DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json');
  const text = await readFile(path, 'utf8').catch(() => '{}');
  return parse<DockerConfig>(text, path);
}

function readCredentials({ auths = {} }: DockerConfig, key: string): RegistryCredentials | undefined {
  const name = Object.keys(auths).find((name) => name === key || getHost(name) === getHost(key));
  const { auth = '', username, password, identitytoken } = auths[name ?? ''] ?? {};
  if (identitytoken) return { identitytoken };
  const decoded = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = decoded.indexOf(':');
  if (colon > 0) return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  return username && password ? { username, password } : undefined;
}

/** Returns the host of a registry. Older files have its URL. */
const getHost = (name: string): string => name.replace(/^https?:\/\//, '').replace(/\/.*$/, '');

/** Runs a docker-credential-helper: it reads the registry from standard input and writes JSON or an error. */
async function queryHelper(
  helper: string,
  key: string,
  environment: NodeJS.ProcessEnv,
): Promise<RegistryCredentials | undefined> {
  const { execa } = await import('execa');
  const program = `docker-credential-${helper}`;
  const options = { input: key, env: environment, extendEnv: false, timeout: helperTimeout, reject: false } as const;
  const { failed, stdout, shortMessage } = await execa(program, ['get'], options);
  if (failed && /credentials not found/i.test(stdout)) return undefined;
  if (failed) throw new Error(stdout.startsWith('{') ? shortMessage : `${shortMessage}: ${stdout.slice(0, 200)}`);
  const { Username, Secret } = parse<{ Username: string; Secret: string }>(stdout, `the output of ${program}`);
  return Username === '<token>' ? { identitytoken: Secret } : { username: Username, password: Secret };
}

/** Parses the output of Docker's programs. Drops the parser's message, which may quote a secret. */
function parse<Value>(text: string, source: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    throw new Error(`${source} is not JSON`);
  }
}
