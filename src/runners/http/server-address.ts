import type { RunPlan } from '../../contract/handle.js';

const loopback = '127.0.0.1';

/** Returns the address at which the software's server listens: loopback, unless the user exposes it. */
export const getListenAddress = ({ expose }: Pick<RunPlan, 'expose'>): string => expose ?? loopback;

/** Returns the address at which this machine calls a server: loopback for a server that listens at all addresses. */
export function getCallAddress(address: string): string {
  if (address === '0.0.0.0') return loopback;
  return address === '::' ? '::1' : address;
}

export const buildUrl = (address: string, port: number): string =>
  `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
