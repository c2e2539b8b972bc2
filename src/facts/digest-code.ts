import { sha256 } from '../workspaces/digest-tree.js';
import { mapBounded } from '../workspaces/map-bounded.js';
import { readSourceContent } from '../workspaces/read-source-text.js';
import type { CodeRequest } from './code-request.js';

/** Above this number of files, digesting costs more than it saves. */
const maxFiles = 3000;

/** Maximum bytes that the reader reads of a file. */
const maxFileBytes = 1_000_000;

/** Returns a digest of the files that is independent of the root; undefined when there are too many files. */
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
