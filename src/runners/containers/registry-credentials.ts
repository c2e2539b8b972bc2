import { findCredentials, getRegistryKey, type RegistryCredentials } from './docker-login.js';

export type FindCredentials = (registry: string) => Promise<RegistryCredentials | undefined>;

/** Finds the credentials of each registry once. Reports credentials that cannot be read, and continues without them. */
export function cacheCredentials(report: (line: string) => Promise<void>, environment = process.env): FindCredentials {
  const pending = new Map<string, ReturnType<FindCredentials>>();
  const find: FindCredentials = (registry) =>
    findCredentials(registry, environment).catch(async ({ message }: Error) => {
      await report(`using ${registry} without credentials, which cannot be read: ${message}`);
      return undefined;
    });
  return (registry) => {
    const credentials = pending.get(registry) ?? find(registry);
    pending.set(registry, credentials);
    return credentials;
  };
}

/** Builds the header with the credentials for these images, for an engine without BuildKit. */
export async function buildCredentialsHeader(images: string[], find: FindCredentials): Promise<Record<string, string>> {
  const registries = [...new Set(images.map(getRegistry))];
  const entries = await Promise.all(
    registries.map(async (registry) => [getRegistryKey(registry), await find(registry)] as const),
  );
  const config = Object.fromEntries(entries.filter(([, credentials]) => credentials !== undefined));
  if (Object.keys(config).length === 0) return {};
  const encoded = Buffer.from(JSON.stringify(config)).toString('base64');
  return { 'X-Registry-Config': encoded.replaceAll('+', '-').replaceAll('/', '_') };
}

/** Suggests what to do if a registry refused one of these images; undefined for any other message. */
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

/** Returns the registry of an image name. */
function getRegistry(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}
