import type { Need } from '../../src/registry/need.js';
import { keyVariable } from './cloud/environment-variables.js';

/** Needs a key for LangSmith, and nothing on this machine. */
export async function findNeeds(provider: string | null = null): Promise<Need[]> {
  if (provider !== 'langsmith') return [];
  const isMet = Boolean(process.env[keyVariable]);
  const remedy = `make a key at https://smith.langchain.com (Settings, API keys) and set ${keyVariable} where the worker runs (berth down && berth up)`;
  return [
    {
      name: 'LangSmith API key',
      isMet,
      detail: isMet ? `in ${keyVariable}` : `${keyVariable} is not set`,
      remedy: isMet ? null : remedy,
    },
  ];
}
