import type { ModalClient } from 'modal';
import { BerthError } from '../../../src/errors.js';
import { findPredictPath } from '../../../src/runners/http/find-predict-path.js';
import { findFunction, requireClass } from '../cloud/find-function.js';
import { buildProxyHeaders, proxyRemedy } from '../cloud/proxy-token.js';
import type { ModalInterface } from '../modal-interface.js';

/** Milliseconds that the first container of a web server may take to list its paths. */
const pathTimeout = 120_000;

/**
 * Refuses an endpoint that this machine could not call, before anything is deployed.
 *
 * @throws CLOUD_REFUSED when there is no proxy token.
 */
export function requireProxyToken({ call, functionName, web }: ModalInterface): void {
  if (call !== 'http' || !web.isProtected || 'Modal-Key' in buildProxyHeaders()) return;
  throw new BerthError('CLOUD_REFUSED', `${functionName} requires one of Modal’s proxy tokens: ${proxyRemedy}`);
}

/**
 * Checks that the deployed app has the function, and finds the address of a web endpoint.
 *
 * @throws START_FAILED when it does not.
 */
export async function findTarget(client: ModalClient, app: string, target: ModalInterface): Promise<{ url?: string }> {
  const { functionName, values: parameters, required } = target;
  if (required.length > 0) {
    await requireClass(client, { app, functionName });
    return {};
  }
  const found = await findFunction(client, { app, functionName, parameters });
  const address = (await found.getWebUrl())?.replace(/\/$/, '');
  if (target.call !== 'http') {
    if (address === undefined) return {};
    throw new BerthError(
      'START_FAILED',
      `${functionName} is a web endpoint (${address}): the run interface needs "call": "http"`,
    );
  }
  if (address === undefined)
    throw new BerthError('START_FAILED', `${functionName} is not a web endpoint: it has no address`);
  return { url: address + (target.web.path ?? (await findWebPath(address, target))) };
}

async function findWebPath(address: string, { web }: ModalInterface): Promise<string> {
  try {
    return await findPredictPath(address, {
      headers: web.isProtected ? buildProxyHeaders() : {},
      timeout: pathTimeout,
    });
  } catch (error) {
    if (error instanceof BerthError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new BerthError('START_FAILED', `the web server at ${address} did not list its paths: ${why}`);
  }
}
