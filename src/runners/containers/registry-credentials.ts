import { findCredentials, getRegistryKey, type RegistryCredentials } from './docker-login.js';

export type FindCredentials = (registry: string) => Promise<RegistryCredentials | undefined>;

/** Looks once for each registry. Where what is kept cannot be had, that is said, and the registry is asked without it. */
export function cacheCredentials(report: (line: string) => Promise<void>, environment = process.env): FindCredentials {
  const pending = new Map<string, ReturnType<FindCredentials>>();
  const find: FindCredentials = (registry) =>
    findCredentials(registry, environment).catch(async ({ message }: Error) => {
      await report(`${registry} is asked without credentials, which cannot be had: ${message}`);
      return undefined;
    });
  return (registry) => {
    const known = pending.get(registry) ?? find(registry);
    pending.set(registry, known);
    return known;
  };
}

/** The header by which an engine without BuildKit learns what it needs for these images. */
export async function buildCredentialsHeader(images: string[], find: FindCredentials): Promise<Record<string, string>> {
  const registries = [...new Set(images.map(getRegistry))];
  const known = await Promise.all(
    registries.map(async (registry) => [getRegistryKey(registry), await find(registry)] as const),
  );
  const config = Object.fromEntries(known.filter(([, credentials]) => credentials !== undefined));
  if (Object.keys(config).length === 0) return {};
  const encoded = Buffer.from(JSON.stringify(config)).toString('base64');
  return { 'X-Registry-Config': encoded.replaceAll('+', '-').replaceAll('/', '_') };
}

/** What to do about a registry's refusal of one of these images; undefined for what is none. */
export function suggestLogin(message: string, images: string[]): string | undefined {
  if (!/access denied|unauthorized|authentication required|no basic auth|\b401\b|\b403\b/i.test(message))
    return undefined;
  const refused =
    images.find((image) => message.includes(image)) ?? images.find((image) => message.includes(getRegistry(image)));
  if (refused === undefined) return undefined;
  const registry = getRegistry(refused);
  const login = registry === 'docker.io' ? 'docker login' : `docker login ${registry}`;
  return `if ${refused} is private, log in where the worker runs: ${login}`;
}

/** The registry from which an image of this name comes. */
function getRegistry(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}
