import type { RunPlan } from '../../contract/handle.js';

const loopback = '127.0.0.1';

/** Where the software's server listens: on loopback, unless the user has asked for more. */
export const getListenAddress = ({ expose }: Pick<RunPlan, 'expose'>): string => expose ?? loopback;

/** Where this machine calls a server that listens at the address: of all addresses, at loopback. */
export function getCallAddress(address: string): string {
  if (address === '0.0.0.0') return loopback;
  return address === '::' ? '::1' : address;
}

export const buildUrl = (address: string, port: number): string =>
  `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
