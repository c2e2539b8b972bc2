import { delimiter, dirname } from 'node:path';

/** Variables of the worker that software may inherit: paths and locales, but no secrets. */
const inheritedVariables =
  /^(HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|(CUDA|NVIDIA|HIP|ROCR|XDG)_\w+|LD_LIBRARY_PATH|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|((https?|no|all)_proxy))$/i;

/** Builds the environment of software: inherited variables, and a PATH that starts with its interpreter's directory. */
export function buildSoftwareEnvironment(
  python: string | undefined,
  workerEnvironment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const inherited = Object.entries(workerEnvironment).filter(
    ([name, value]) => value !== undefined && inheritedVariables.test(name),
  );
  const path = workerEnvironment.PATH ?? '/usr/local/bin:/usr/bin:/bin';
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>), // undefined values are filtered out
    PATH: python === undefined ? path : [dirname(python), path].join(delimiter),
    PYTHONIOENCODING: 'utf-8',
  };
}
