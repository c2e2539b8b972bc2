import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Facts } from '../contract/facts.js';
import type { FunctionInterface } from '../contract/run-interface.js';
import { BerthError } from '../errors.js';
import { findServedEntry, listModuleFiles } from './shapes/index.js';

/**
 * Returns the file of the interface's module, relative to the revision; null if only an installed package can provide it.
 * With `mayBeInstalled`, a missing module is left to the import.
 *
 * @throws ADAPTATION_FAILED when there is no such module
 */
export async function findEntryFile(
  code: string,
  facts: Facts,
  runInterface: FunctionInterface,
  mayBeInstalled: boolean,
): Promise<string | null> {
  const { module } = runInterface;
  const known = findServedEntry(facts, runInterface)?.file;
  const candidates = listModuleFiles(runInterface);
  for (const file of known === undefined ? candidates : [known, ...candidates]) {
    if (await exists(join(code, file))) return file;
  }
  if (mayBeInstalled || (await isPackage(code))) return null;
  throw new BerthError(
    'ADAPTATION_FAILED',
    `the run interface names the module “${module}”, which the repository does not contain`,
    {
      evidence: `searched for: ${candidates.join(', ')}`,
    },
  );
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const isPackage = async (code: string): Promise<boolean> =>
  (await Promise.all(['pyproject.toml', 'setup.py'].map((file) => exists(join(code, file))))).includes(true);
