import { BerthError } from '../errors.js';

/** Matches endpoints of Temporal Cloud, of a namespace or of a region. */
const cloudEndpoint = /\.(tmprl\.cloud|api\.temporal\.io)(:\d+)?$/;

/**
 * Returns the address of a configured server's Web UI, without a trailing slash: TEMPORAL_UI, else Temporal Cloud's;
 * null if unknown.
 *
 * @throws STACK_FAILED when TEMPORAL_UI is not an address.
 */
export function findWebUi(address: string, { TEMPORAL_UI = '' }: NodeJS.ProcessEnv = process.env): string | null {
  if (TEMPORAL_UI !== '') return parseAddress(TEMPORAL_UI);
  return cloudEndpoint.test(address) ? 'https://cloud.temporal.io' : null;
}

function parseAddress(text: string): string {
  const url = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url)) throw new BerthError('STACK_FAILED', `TEMPORAL_UI is not an address: ${text}`);
  return url.replace(/\/+$/, '');
}
