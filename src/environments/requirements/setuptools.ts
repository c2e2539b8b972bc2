import { join } from 'node:path/posix';
import type { ManifestRequirements, RequirementsReader } from './manifest-requirements.js';
import { isInstallable } from './pyproject.js';
import { readIniSection } from './read-ini-section.js';

/** Reads setup.py or setup.cfg. setuptools must run code of the repository; a setup.cfg without a package is a list. */
export const readSetuptoolsRequirements: RequirementsReader = async (repository, directory) => {
  const files = ['setup.py', 'setup.cfg'].map((name) => join(directory, name));
  const present = await Promise.all(files.map((file) => repository.has(file)));
  const from = files.find((_, index) => present[index]);
  if (from === undefined) return undefined;
  const [script, settings] = await Promise.all(files.map((file) => repository.readText(file)));
  const broken = repository.getProblem(join(directory, 'pyproject.toml'));
  if (broken !== undefined && script !== undefined) repository.markUnread(join(directory, 'setup.py'), broken); // no tool can build it
  if (!(await isInstallable(repository, directory))) return await readSetupCfg(from, directory, settings ?? '');
  const isEmpty = ![script, settings].some((text) => text?.includes('install_requires'));
  return { from, projects: [from], needsCopy: true, hasNoDependencies: isEmpty };
};

/** Reads the list of requirements; returns undefined when setup.cfg only configures tools. */
async function readSetupCfg(from: string, directory: string, text: string): Promise<ManifestRequirements | undefined> {
  const options = await readIniSection(text, 'options');
  const required = options.get('install_requires');
  if (required === undefined) return undefined;
  const files = /^file:(.*)$/.exec(required.join(' ').trim())?.[1]?.split(',');
  return {
    from,
    pipFiles: files?.map((file) => join(directory, file.trim())) ?? [],
    lines: files === undefined ? required : [],
    python: options.get('python_requires')?.join(''),
    isPackage: false,
  };
}
