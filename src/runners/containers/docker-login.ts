import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** As the engine's API writes them. */
export type RegistryCredentials = { username: string; password: string } | { identitytoken: string };

/** What `docker login` writes, as far as it is read: https://docs.docker.com/reference/cli/docker/login/. */
interface DockerConfig {
  auths?: Record<string, { auth?: string; username?: string; password?: string; identitytoken?: string }>;
  /** Program `docker-credential-…` that keeps all of them. */
  credsStore?: string;
  /** The same for single registries. */
  credHelpers?: Record<string, string>;
}

/** How Docker's own registry is called in that file, and in requests to the engine. */
const hubKey = 'https://index.docker.io/v1/';

/** Milliseconds that a program has to tell what it keeps. */
const helperTimeout = 20_000;

/** A registry as that file knows it. */
export const getRegistryKey = (registry: string): string =>
  ['docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(registry) ? hubKey : registry;

/**
 * What the user of this process has logged in to a registry with, by `docker login` or a credential helper; undefined where
 * that is nothing. Throws where they are kept but cannot be had.
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

/** Older files name a registry by its URL. */
const getHost = (name: string): string => name.replace(/^https?:\/\//, '').replace(/\/.*$/, '');

/** The protocol of docker-credential-helpers: the registry on standard input, JSON or what is wrong on standard output. */
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
  const { Username, Secret } = parse<{ Username: string; Secret: string }>(stdout, `what ${program} answers`);
  return Username === '<token>' ? { identitytoken: Secret } : { username: Username, password: Secret };
}

/** What Docker's own programs write. The parser's words would quote it. */
function parse<Value>(text: string, source: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    throw new Error(`${source} is no JSON`);
  }
}
