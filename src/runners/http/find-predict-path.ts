import { BerthError } from '../../errors.js';
import { callHttp } from './http-call.js';

/** Conventional paths, in order of preference. */
const conventionalPaths = ['/predict', '/run', '/invocations', '/infer', '/inference', '/generate'];

interface OpenApi {
  paths?: Record<string, { post?: unknown } | null>;
}

/** Returns the path to call by convention; undefined if there is no candidate, or more than one. */
export function choosePredictPath(paths: string[]): string | undefined {
  const named = conventionalPaths.find((path) => paths.includes(path));
  return named ?? (paths.length === 1 ? paths[0] : undefined);
}

export interface ApiRequest {
  headers?: Record<string, string>;
  /** Milliseconds. */
  timeout?: number;
}

/**
 * Finds the path at which a running server takes inputs, from its OpenAPI document.
 *
 * @throws START_FAILED when the document names none or several.
 */
export async function findPredictPath(
  url: string,
  { headers = {}, timeout = 5_000 }: ApiRequest = {},
): Promise<string> {
  const asked = { url: `${url}/openapi.json`, headers, signal: AbortSignal.timeout(timeout) };
  const { status, body } = await callHttp(asked);
  const paths = status === 200 ? listPostPaths(body.toString('utf8')) : [];
  const chosen = choosePredictPath(paths);
  if (chosen !== undefined) return chosen;
  const found = paths.length === 0 ? 'it has no OpenAPI that names one' : `it has ${paths.join(', ')}`;
  throw new BerthError(
    'START_FAILED',
    `which path of the server takes the inputs is not known: ${found}; say it with --entry /PATH`,
  );
}

function listPostPaths(text: string): string[] {
  try {
    const { paths = {} } = JSON.parse(text) as OpenApi; // another system's answer: it may have any shape
    return Object.keys(paths).filter((path) => paths[path]?.post !== undefined && !path.includes('{'));
  } catch {
    return [];
  }
}
