import { BerthError } from '../../errors.js';
import { callHttp } from '../http/http-call.js';
import { waitUntilReady } from '../readiness.js';

interface CloudEndpoint {
  /** Address of the readiness probe. */
  url: string;
  headers: Record<string, string>;
  /** Message for an endpoint that does not accept the token. */
  refusal: string;
}

/** Seconds that an endpoint may take to answer. */
const timeout = 120;
/** Milliseconds between two probes, and the timeout of one. */
const interval = 1_000;
const probeTimeout = 10_000;

/**
 * Resolves when the endpoint answers its probe with 200.
 *
 * @throws CLOUD_REFUSED when it does not accept the token, NOT_READY when it does not answer.
 */
export async function awaitEndpoint(
  { url, headers, refusal }: CloudEndpoint,
  signal: AbortSignal | undefined,
): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    const probe = { url, headers, signal: AbortSignal.timeout(probeTimeout) };
    const status = await callHttp(probe).then(
      (reply) => reply.status,
      () => undefined,
    );
    if (status === 401 || status === 403) throw new BerthError('CLOUD_REFUSED', refusal);
    return status === 200;
  };
  const waitOptions = { timeout, interval, ...(signal && { signal }) };
  await waitUntilReady({ description: `answer GET ${url} with 200`, isReady }, waitOptions);
}
