import type { Need } from '../../src/registry/need.js';
import { tokenVariable } from './cloud/environment-variables.js';

/** Needs a token for BentoCloud, and nothing on this machine. */
export async function findNeeds(provider: string | null = null): Promise<Need[]> {
  if (provider !== 'bentocloud') return [];
  const isMet = Boolean(process.env[tokenVariable]);
  const remedy = `make a token at https://cloud.bentoml.com and set ${tokenVariable} where the worker runs (berth down && berth up)`;
  return [
    {
      name: 'BentoCloud token',
      isMet,
      detail: isMet ? `in ${tokenVariable}` : `${tokenVariable} is not set`,
      remedy: isMet ? null : remedy,
    },
  ];
}
