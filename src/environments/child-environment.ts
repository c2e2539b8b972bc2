import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInstallerMark } from '../processes/marked-processes.js';

/** Variables that installers and compilers need. Keys and tokens of other tools stay out. */
const forwardedVariables = [
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|LANG|LC_\w+|TZ)$/,
  /^(XDG_\w+|UV_\w+|PYENV_\w+|NETRC|SSH_AUTH_SOCK)$/,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PIP_CERT|GIT_SSL_CAINFO)$/,
  /^(http|https|all|no|ftp)_proxy$/i,
  /^(CC|CXX|CFLAGS|CXXFLAGS|CPPFLAGS|LDFLAGS|CUDA_HOME|LD_LIBRARY_PATH|MACOSX_DEPLOYMENT_TARGET)$/,
];

/** pip's settings for package sources, and uv's names for them, so that pip's configuration also applies to uv. */
const pipSettings: Record<string, string> = {
  PIP_INDEX_URL: 'UV_DEFAULT_INDEX',
  PIP_EXTRA_INDEX_URL: 'UV_INDEX',
  PIP_FIND_LINKS: 'UV_FIND_LINKS',
  PIP_NO_INDEX: 'UV_NO_INDEX',
};

/** Recognizes a variable that changes how packages resolve. Machine paths and credentials do not. */
const affectsResolution = (name: string): boolean =>
  name.startsWith('UV_') && !/(_DIR|_PASSWORD|_USERNAME|CACHE|_TIMEOUT|_RETRIES|PROGRESS|CONCURRENT)/.test(name);

const listDefined = (variables: NodeJS.ProcessEnv): [string, string][] =>
  Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');

/** Creates the environment of uv, pip and their builds, with the settings for indexes, certificates and proxies. */
export function createChildEnvironment(variables: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const forwarded = Object.fromEntries(
    listDefined(variables).filter(([name]) => forwardedVariables.some((pattern) => pattern.test(name))),
  );
  for (const [pipName, uvName] of Object.entries(pipSettings)) {
    const value = variables[pipName];
    if (value && forwarded[uvName] === undefined) forwarded[uvName] = value;
  }
  return { ...forwarded, NO_COLOR: '1', UV_NO_PROGRESS: '1', PYTHONNOUSERSITE: '1' };
}

/** Creates the environment of a build for a revision, with its process mark. */
export const createBuildEnvironment = (directory: string): Record<string, string> => ({
  ...createChildEnvironment(),
  ...createInstallerMark(directory),
});

/** Digests the index settings (variables and uv's configuration file), which may change how requirements resolve. */
export async function digestIndexSettings(): Promise<string> {
  const settings = Object.entries(createChildEnvironment())
    .filter(([name]) => affectsResolution(name))
    .map(([name, value]) => `${name}=${redact(value)}`)
    .sort();
  const file =
    process.env.UV_CONFIG_FILE ?? join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'uv', 'uv.toml');
  settings.push(await readFile(file, 'utf8').catch(() => ''));
  return createHash('sha256').update(settings.join('\n')).digest('hex');
}

/** Removes credentials of index URLs and variables from a text. */
export function redact(text: string): string {
  const secrets = listDefined(process.env)
    .filter(([name]) => /^(UV|PIP)_\w*(PASSWORD|TOKEN)$/.test(name))
    .map(([, value]) => value);
  return secrets
    .reduce((remaining, secret) => remaining.replaceAll(secret, '***'), text)
    .replaceAll(/\b(\w+:\/\/)[^/\s@'"`]+@/g, '$1***@');
}
