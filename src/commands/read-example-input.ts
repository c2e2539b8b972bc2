import { readFile } from 'node:fs/promises';
import type { Contract } from '../contract/example.js';
import type { DeploymentInfo } from '../contract/status.js';
import { berthHome, revisionDirectory } from '../home/home.js';
import { readExactJson } from '../json/read-json.js';

/** An input that the revision's contract has passed with; undefined where it has none, or lies on another host. */
export async function readExampleInput({ name, revision, contract: report }: DeploymentInfo): Promise<unknown> {
  if (revision === null) return undefined;
  const { contract } = revisionDirectory(berthHome(), name, revision);
  try {
    const { examples } = readExactJson(await readFile(contract, 'utf8')) as Contract; // our own file
    const failed = new Set(report?.stale?.map(({ example }) => example));
    return examples.find((_, index) => !failed.has(index))?.input;
  } catch {
    return undefined; // it only makes a hint better
  }
}
