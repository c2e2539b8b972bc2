import type { RunInterface } from '../../contract/run-interface.js';

/** What a place without our host's modules cannot serve, and the way out; undefined where the interface needs none. */
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
    what: `an entry whose inputs have to be converted (${converts.join(', ')})`,
    advice: `${advice}, or let the entry take what JSON has (str, int, float, bool, list, dict) and convert it itself`,
  };
}
