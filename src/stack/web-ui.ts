import { BerthError } from '../errors.js';

/** Endpoints of Temporal Cloud: of a namespace, or of a region. */
const cloudEndpoint = /\.(tmprl\.cloud|api\.temporal\.io)(:\d+)?$/;

/**
 * Address of the Web UI of a server that is not ours, without a slash at its end: as TEMPORAL_UI says, else what is known
 * of Temporal Cloud; null where nobody knows. Throws STACK_FAILED when TEMPORAL_UI is no address.
 */
export function findWebUi(address: string, { TEMPORAL_UI = '' }: NodeJS.ProcessEnv = process.env): string | null {
  if (TEMPORAL_UI !== '') return parseAddress(TEMPORAL_UI);
  return cloudEndpoint.test(address) ? 'https://cloud.temporal.io' : null;
}

function parseAddress(text: string): string {
  const url = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url)) throw new BerthError('STACK_FAILED', `TEMPORAL_UI is no address of a Web UI: ${text}`);
  return url.replace(/\/+$/, '');
}
