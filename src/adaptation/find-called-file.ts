import type { Facts } from '../contract/facts.js';
import type { RunInterface } from '../contract/run-interface.js';

/** Returns the file that an interface refers to, relative to the repository; null if it refers to none. */
export function findCalledFile({ file, config, service, module }: RunInterface, facts: Facts): string | null {
  for (const path of [file, config]) if (typeof path === 'string') return path;
  const name = [service, module].find((one) => typeof one === 'string')?.split(':')[0];
  return facts.entryPoints.find((entry) => entry.module === name)?.file ?? null;
}
