import { readFile } from 'node:fs/promises';
import { BerthError } from '../../errors.js';

/** Files that a build may mount and no layer contains, by name: `RUN --mount=type=secret,id=NAME`. */
export type BuildSecrets = Record<string, string>;

/** Path of the mounted certificate authority in the build. */
const authorityPath = '/run/secrets/ca.pem';

const findFirstValue = (environment: NodeJS.ProcessEnv, names: string[]): string | undefined =>
  names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');

/**
 * Finds the package index and the certificate authority of this machine for builds: `pip.conf` (indexes and authority) and
 * `ca.pem` (the authority). Omits what is not set.
 */
export async function findBuildSecrets(environment: NodeJS.ProcessEnv = process.env): Promise<BuildSecrets> {
  const caPath = findFirstValue(environment, ['PIP_CERT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']);
  const certificates = caPath === undefined ? undefined : await readFile(caPath, 'utf8').catch(() => undefined);
  const settings = {
    'index-url': findFirstValue(environment, ['PIP_INDEX_URL', 'UV_DEFAULT_INDEX', 'UV_INDEX_URL']),
    'extra-index-url': findFirstValue(environment, ['PIP_EXTRA_INDEX_URL', 'UV_INDEX', 'UV_EXTRA_INDEX_URL']),
    'trusted-host': environment.PIP_TRUSTED_HOST,
    cert: certificates === undefined ? undefined : authorityPath,
  };
  const lines = Object.entries(settings).flatMap(([name, value]) => (value ? [`${name} = ${value}`] : []));
  return {
    ...(lines.length > 0 && { 'pip.conf': `[global]\n${lines.join('\n')}\n` }),
    ...(certificates !== undefined && { 'ca.pem': certificates }),
  };
}

/**
 * Returns the software's variables that steps of a Dockerfile mount as secrets. `hostSecrets` are secrets of the machine.
 *
 * @throws ENV_MISSING when a step requires a secret that neither contains.
 */
export function findMountedVariables(
  dockerfile: string,
  env: Readonly<Record<string, string>>,
  hostSecrets: BuildSecrets,
): BuildSecrets {
  const mounted: BuildSecrets = {};
  for (const [, mount = ''] of dockerfile.matchAll(/--mount=(\S*type=secret\S*)/g)) {
    const parts = mount.split(',');
    const name = parts.find((part) => part.startsWith('id='))?.slice('id='.length) ?? '';
    const value = env[name];
    if (value !== undefined) mounted[name] = value;
    else if (isRequired(parts) && hostSecrets[name] === undefined) throw createMissingVariableError(name);
  }
  return mounted;
}

const isRequired = (parts: string[]): boolean => parts.includes('required=true') || parts.includes('required');

const createMissingVariableError = (variable: string): BerthError =>
  new BerthError('ENV_MISSING', `the build needs the variable ${variable}, which the deployment does not have`, {
    variable,
  });

/** Returns a line for the user if the build does not use these secrets; undefined if it does, or runs no command. */
export function describeUnusedSecrets(
  secrets: BuildSecrets,
  { dockerfile, isBuildKit }: { dockerfile: string; isBuildKit: boolean },
): string | undefined {
  const names = Object.keys(secrets);
  if (names.length === 0 || !/^\s*RUN\s/im.test(dockerfile)) return undefined;
  if (!isBuildKit)
    return 'this engine has no BuildKit: the build does not use the index and authority settings of this machine';
  const mounted = [...dockerfile.matchAll(/--mount=(\S*type=secret\S*)/g)].map(([, mount = '']) => mount.split(','));
  if (mounted.some((parts) => names.some((name) => parts.includes(`id=${name}`)))) return undefined;
  const mounts = names.map(
    (name) => `--mount=type=secret,id=${name}${name === 'pip.conf' ? ',target=/etc/pip.conf' : ''}`,
  );
  const line = `RUN ${mounts.join(' ')} pip install …`;
  return `the build does not use the index and authority settings of this machine; to use them in the Dockerfile: ${line}`;
}

const proxyVariables = ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy', 'ftp_proxy'];

/** Returns the proxies as build arguments that are predefined in every Dockerfile and that no image records. */
export function findProxyArguments(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const names = proxyVariables.flatMap((name) => [name, name.toUpperCase()]);
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}
