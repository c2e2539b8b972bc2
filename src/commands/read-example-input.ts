import { readFile } from 'node:fs/promises';
import type { Contract } from '../contract/example.js';
import type { DeploymentInfo } from '../contract/status.js';
import { berthHome, revisionDirectory } from '../home/home.js';
import { readExactJson } from '../json/read-json.js';

/** Reads an input of an example that passed; undefined if the contract has none, or is on another host. */
export async function readExampleInput({ name, revision, contract: report }: DeploymentInfo): Promise<unknown> {
  if (revision === null) return undefined;
  const { contract } = revisionDirectory(berthHome(), name, revision);
  try {
    const { examples } = readExactJson(await readFile(contract, 'utf8')) as Contract; // written by Berth
    const failed = new Set(report?.stale?.map(({ example }) => example));
    return examples.find((_, index) => !failed.has(index))?.input;
  } catch {
    return undefined; // only improves a hint
  }
}
