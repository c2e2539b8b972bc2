import { delimiter, dirname } from 'node:path';

/** What software may see of the worker's own environment: where things are, never what they hold. */
const passedOn =
  /^(HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|(CUDA|NVIDIA|HIP|ROCR|XDG)_\w+|LD_LIBRARY_PATH|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|((https?|no|all)_proxy))$/i;

/** The environment that a Python process is started in: a short list, and the interpreter's own directory first. */
export function softwareEnvironment(python: string, own: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept = Object.entries(own).filter(([name, value]) => value !== undefined && passedOn.test(name));
  const path = [dirname(python), own.PATH ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter);
  return { ...(Object.fromEntries(kept) as Record<string, string>), PATH: path, PYTHONIOENCODING: 'utf-8' };
}
