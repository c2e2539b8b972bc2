import { readFile } from 'node:fs/promises';
import { BerthError } from '../../errors.js';

/** Files that a build may mount and that no layer keeps: `RUN --mount=type=secret,id=NAME`. */
export type BuildSecrets = Record<string, string>;

/** Where a mounted authority lies in the build. */
const authorityPath = '/run/secrets/ca.pem';

const findFirstValue = (environment: NodeJS.ProcessEnv, names: string[]): string | undefined =>
  names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');

/**
 * Where this machine gets its packages from and whom it trusts, for the build: `pip.conf` (index, further indexes, the
 * authority) and `ca.pem` (the authority). What is not set is not there.
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
 * The variables that steps of a Dockerfile mount as secrets, of those that the software is given; `settled` is what Berth
 * itself brings. Throws ENV_MISSING where a step cannot do without one that neither has.
 */
export function findMountedVariables(
  dockerfile: string,
  env: Readonly<Record<string, string>>,
  hostSecrets: BuildSecrets,
): BuildSecrets {
  const found: BuildSecrets = {};
  for (const [, mount = ''] of dockerfile.matchAll(/--mount=(\S*type=secret\S*)/g)) {
    const parts = mount.split(',');
    const name = parts.find((part) => part.startsWith('id='))?.slice('id='.length) ?? '';
    const value = env[name];
    if (value !== undefined) found[name] = value;
    else if (isRequired(parts) && hostSecrets[name] === undefined) throw createMissingVariableError(name);
  }
  return found;
}

const isRequired = (parts: string[]): boolean => parts.includes('required=true') || parts.includes('required');

const createMissingVariableError = (variable: string): BerthError =>
  new BerthError('ENV_MISSING', `the build needs the variable ${variable}, which the deployment does not have`, {
    variable,
  });

/** A line for a person where these do not reach the build of this Dockerfile; undefined where they do, or nothing runs in it. */
export function describeUnusedSecrets(
  secrets: BuildSecrets,
  { dockerfile, isBuildKit }: { dockerfile: string; isBuildKit: boolean },
): string | undefined {
  const names = Object.keys(secrets);
  if (names.length === 0 || !/^\s*RUN\s/im.test(dockerfile)) return undefined;
  if (!isBuildKit)
    return 'this engine has no BuildKit: index and authority settings of this machine do not reach the build';
  const mounted = [...dockerfile.matchAll(/--mount=(\S*type=secret\S*)/g)].map(([, mount = '']) => mount.split(','));
  if (mounted.some((parts) => names.some((name) => parts.includes(`id=${name}`)))) return undefined;
  const mounts = names.map(
    (name) => `--mount=type=secret,id=${name}${name === 'pip.conf' ? ',target=/etc/pip.conf' : ''}`,
  );
  const line = `RUN ${mounts.join(' ')} pip install …`;
  return `index and authority settings of this machine do not reach the build: a step of the Dockerfile gets them so: ${line}`;
}

const proxyVariables = ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy', 'ftp_proxy'];

/** Proxies, by the build arguments that every Dockerfile has and no image records. */
export function findProxyArguments(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const names = proxyVariables.flatMap((name) => [name, name.toUpperCase()]);
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}
