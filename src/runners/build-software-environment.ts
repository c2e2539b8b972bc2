import { delimiter, dirname } from 'node:path';

/** What software may see of the worker's own environment: where things are, never what they hold. */
const inheritedVariables =
  /^(HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|(CUDA|NVIDIA|HIP|ROCR|XDG)_\w+|LD_LIBRARY_PATH|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|((https?|no|all)_proxy))$/i;

/** The environment that software is started in: a short list, and its own interpreter's directory first on the PATH. */
export function buildSoftwareEnvironment(
  python: string | undefined,
  own: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const kept = Object.entries(own).filter(([name, value]) => value !== undefined && inheritedVariables.test(name));
  const path = own.PATH ?? '/usr/local/bin:/usr/bin:/bin';
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: python === undefined ? path : [dirname(python), path].join(delimiter),
    PYTHONIOENCODING: 'utf-8',
  };
}
