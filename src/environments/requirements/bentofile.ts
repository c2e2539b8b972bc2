import { join } from 'node:path/posix';
import type { ManifestRequirements, RequirementsReader } from './manifest-requirements.js';
import { asTable, asText, asTexts, type Table, tableAt } from './tables.js';

/** Reads the packages of a bento from `bentofile.yaml` or from BentoML's table in pyproject.toml. */
export const readBentofileRequirements: RequirementsReader = async (repository, directory) => {
  const file = join(directory, 'bentofile.yaml');
  const bentofile = await repository.readManifest(file);
  const pyproject = bentofile === undefined ? await repository.readTable(join(directory, 'pyproject.toml')) : undefined;
  const build = bentofile ?? tableAt(pyproject, 'tool', 'bentoml', 'build');
  if (build === undefined) return undefined;
  const from = bentofile === undefined ? `${join(directory, 'pyproject.toml')} (BentoML)` : file;
  const requirements = readPython(from, directory, asTable(build.python));
  return requirements && { ...requirements, python: asText(tableAt(build, 'docker')?.python_version) };
};

function readPython(from: string, directory: string, python: Table): ManifestRequirements | undefined {
  const list = asText(python.requirements_txt);
  const packages = asTexts(python.packages);
  if (list === undefined && packages.length === 0) return undefined;
  const wheels = asTexts(python.wheels).map((wheel) => `./${join(directory, wheel)}`);
  return {
    from,
    pipFiles: list === undefined ? [] : [join(directory, list)],
    lines: [...packages, ...wheels, ...(packages.some((name) => /^bentoml\b/.test(name)) ? [] : ['bentoml'])],
    isPackage: false,
    options: listIndexOptions(python),
  };
}

function listIndexOptions(python: Table): string[] {
  const values = (key: string): string[] => {
    const value = python[key];
    return typeof value === 'string' ? [value] : asTexts(value);
  };
  return [
    ...values('index_url').map((url) => `--index-url ${url}`),
    ...values('extra_index_url').map((url) => `--extra-index-url ${url}`),
    ...values('find_links').map((url) => `--find-links ${url}`),
    ...values('trusted_host').map((host) => `--trusted-host ${host}`),
    ...(python.no_index === true ? ['--no-index'] : []),
  ];
}
