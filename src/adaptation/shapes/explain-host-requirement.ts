import type { RunInterface } from '../../contract/run-interface.js';

/** Explains what cannot be served without the host process's modules, and what to do; undefined if they are not needed. */
export function explainHostRequirement({
  cog,
  host,
  converts,
}: RunInterface): { what: string; advice: string } | undefined {
  if (cog !== true && host !== true) return undefined;
  const advice = 'serve it on this machine';
  if (cog === true) return { what: 'a Cog predictor', advice };
  if (!Array.isArray(converts) || converts.length === 0) return { what: 'this entry', advice };
  return {
    what: `an entry whose inputs need conversion (${converts.join(', ')})`,
    advice: `${advice}, or let the entry take JSON types (str, int, float, bool, list, dict) and convert them itself`,
  };
}
