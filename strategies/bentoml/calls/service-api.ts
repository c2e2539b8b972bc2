import { BerthError } from '../../../src/errors.js';
import { callHttp } from '../../../src/runners/http/http-call.js';
import type { BentoInterface } from '../bento-interface.js';

/** The parts of BentoML's JSON Schema that Berth uses; `file` is a type of BentoML's own. */
export interface ValueSchema {
  type?: string;
  /** True when the value is the entire body. */
  root_input?: boolean;
  is_stream?: boolean;
  items?: ValueSchema;
  anyOf?: ValueSchema[];
  properties?: Record<string, ValueSchema>;
}

/** An entry of `routes` in the reply to `GET /schema.json`. */
interface ServiceRoute {
  name: string;
  route: string;
  is_task: boolean;
  input: ValueSchema;
  output: ValueSchema;
}

/** The API to call, as the handle holds it. */
export interface ServiceApi {
  route: string;
  isTask: boolean;
  input: ValueSchema;
  isFileOutput: boolean;
  isStream: boolean;
  call: 'inputs' | 'arguments' | null;
  outputKey: string | null;
}

/** Milliseconds that a ready server may take to describe itself. */
const schemaTimeout = 10_000;

/**
 * Asks the server for its APIs, and chooses the one to call.
 *
 * @throws ENTRY_AMBIGUOUS, START_FAILED when there is no one API to call.
 */
export async function findApi(
  url: string,
  bentoInterface: BentoInterface,
  headers: Record<string, string> = {},
): Promise<ServiceApi> {
  const { body } = await callHttp({ url: `${url}/schema.json`, headers, signal: AbortSignal.timeout(schemaTimeout) });
  const { routes } = JSON.parse(body.toString()) as { routes: ServiceRoute[] };
  const { route, is_task: isTask, input, output } = chooseRoute(routes, bentoInterface);
  return {
    route,
    isTask,
    input,
    isFileOutput: output.type === 'file',
    isStream: output.is_stream === true,
    call: bentoInterface.call ?? null,
    outputKey: bentoInterface.output_key ?? null,
  };
}

function chooseRoute(routes: ServiceRoute[], { service, predict_path: path, api }: BentoInterface): ServiceRoute {
  const names = routes.map(({ name, route }) => `${name} (${route})`).join(', ') || 'none';
  if (path !== undefined || api !== undefined) {
    const named = routes.find(({ name, route }) => (api === undefined ? route === path : name === api));
    if (named !== undefined) return named;
    throw new BerthError('START_FAILED', `the service ${service} has no API ${api ?? path}; it has: ${names}`);
  }
  const chosen = routes.length === 1 ? routes[0] : routes.find(({ name }) => name === 'predict');
  if (chosen !== undefined) return chosen;
  if (routes.length === 0) throw new BerthError('START_FAILED', `the service ${service} has no API`);
  const candidates = routes.map(({ name }) => `${service}.${name}`);
  const lines = candidates.map((entry) => `  --entry ${entry}`);
  const message = `${routes.length} APIs of ${service} could be called; name one:`;
  throw new BerthError('ENTRY_AMBIGUOUS', [message, ...lines].join('\n'), {
    entry: candidates[0] ?? service,
    candidates,
  });
}
