import { sha256 } from '../workspaces/digest-tree.js';
import { mapBounded } from '../workspaces/map-bounded.js';
import { readSourceContent } from '../workspaces/read-source-text.js';
import type { CodeRequest } from './read-code.js';

/** Files up to which their content is digested; more take longer to digest than to be worth it. */
const maxFiles = 3000;

/** Bytes of a file that the reader reads at most. */
const maxFileBytes = 1_000_000;

/** The same for the same files, wherever they lie; undefined where there are too many. */
export async function digestCode(python: string, request: CodeRequest): Promise<string | undefined> {
  const { root, files, projects, setupCfg, readme } = request;
  if (files.length > maxFiles) return undefined;
  const names = [...files, setupCfg, readme].filter((name) => name !== null);
  const digests = await mapBounded(names, async (name) => {
    const { content, problem } = await readSourceContent(root, name, maxFileBytes);
    return sha256(content ?? problem);
  });
  return sha256(JSON.stringify([python, files, projects, setupCfg, readme, digests]));
}
