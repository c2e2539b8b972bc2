import { readFile } from 'node:fs/promises';
import { Contract } from '../../contract/example.js';
import type { ContractReport } from '../../contract/revision.js';
import { writeDurably } from '../../home/durable-file.js';
import { type BerthHome, revisionDirectory } from '../../home/home.js';
import { readExactJson } from '../../json/read-json.js';
import { writeJson } from '../../json/write-json.js';
import type { RevisionInput } from './prepare-run-plan.js';

/** Freezes the contract next to the revision's code; a retry writes the same content again. */
export async function freezeContract(file: string, contract: Contract): Promise<void> {
  await writeDurably(file, writeJson(contract));
}

/** Replaces a contract without examples by the probe that raised, so that the call with defaults is made only once. */
export async function freezeProbe(file: string, { source, probe }: ContractReport): Promise<void> {
  if (source === 'none' && probe !== undefined) await freezeContract(file, { source, examples: [], probe });
}

export async function readContract(home: BerthHome, { config, revision }: RevisionInput): Promise<Contract> {
  const { contract } = revisionDirectory(home, config.name, revision.id);
  return Contract.parse(readExactJson(await readFile(contract, 'utf8')));
}
