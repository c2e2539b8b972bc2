import { compare, parseVersion, type Version } from '../python-version.js';

/** A requirement file with the qualifiers in its name: `requirements/prod-py310.txt` is `prod-py310`. */
export interface QualifiedFile {
  name: string;
  qualifier: string;
}

export interface ChosenAlternatives {
  /** Each file with the qualifier of its group: `prod`; with its own qualifier when the group has none. */
  chosen: QualifiedFile[];
  others: string[];
  /** True when the names differ by Python version. */
  dependsOnPython: boolean;
}

interface Alternative extends QualifiedFile {
  /** The qualifier without Python version and variant: files of one group are alternatives to each other. */
  group: string;
  /** `[3, 10]`, or `[3]` for any Python 3. */
  python: Version | null;
  /** Hardware or operating system: `gpu`, `cu118`, `linux`. */
  variant: string | null;
}

/** Hardware by portability: a deployment gets the first one that has a file. */
const hardware = ['cpu', 'gpu', 'cuda', 'cu', 'nvidia', 'rocm', 'amd', 'mps', 'metal', 'xpu', 'tpu', 'hpu'];

const platformNames: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['linux', 'ubuntu', 'debian'],
  darwin: ['macos', 'mac', 'osx', 'darwin'],
  win32: ['windows', 'win'],
};

const pythonPattern = /(?:^|[-_.])(?:py|python|cp)[-_.]?([23])(?:[-_.]?(\d{1,2}))?(?=$|[-_.])/;
const bareVersionPattern = /^([23])[-_.]?(\d{1,2})$/;
const variantPattern = new RegExp(
  `(?:^|[-_.])((?:${[...hardware, ...Object.values(platformNames).flat()].join('|')})(?:[-_.]?[\\d.]+)?)(?=$|[-_.])`,
);

/**
 * Chooses one file of each group of alternatives, by hardware, operating system and Python version. Of several Python
 * versions, chooses the newest one that is not newer than the interpreter; the newest of all for an unknown
 * interpreter.
 */
export function chooseAlternatives(
  files: QualifiedFile[],
  pythonVersion: string | undefined,
  platform: NodeJS.Platform = process.platform,
): ChosenAlternatives {
  const groups = new Map<string, Alternative[]>();
  for (const file of files.map(parseAlternative)) groups.set(file.group, [...(groups.get(file.group) ?? []), file]);
  const version = pythonVersion === undefined ? null : parseVersion(pythonVersion);
  const chosen = [...groups.values()].flatMap((group) => choosePython(chooseVariant(group, platform), version));
  const names = new Set(chosen.map(({ name }) => name));
  return {
    chosen: chosen.map(({ name, qualifier, group }) => ({ name, qualifier: group || qualifier })),
    others: files.map(({ name }) => name).filter((name) => !names.has(name)),
    dependsOnPython: [...groups.values()].some(
      (group) => group.length > 1 && group.some(({ python }) => python !== null),
    ),
  };
}

function parseAlternative({ name, qualifier }: QualifiedFile): Alternative {
  const [pythonText = '', major, minor] = bareVersionPattern.exec(qualifier) ?? pythonPattern.exec(qualifier) ?? [];
  const unversioned = qualifier.replace(pythonText, '');
  const [variantText = '', variant = null] = variantPattern.exec(unversioned) ?? [];
  const group = unversioned.replace(variantText, '').replace(/^[-_.]+/, '');
  const numbers = [major, minor].filter((part) => part !== undefined).map(Number);
  return { name, qualifier, group, variant, python: numbers.length === 0 ? null : numbers };
}

function chooseVariant(files: Alternative[], platform: NodeJS.Platform): Alternative[] {
  const variants = [...new Set(files.map(({ variant }) => variant))];
  const best = variants.toSorted(
    (left, right) => rankVariant(left, platform) - rankVariant(right, platform) || readNumber(right) - readNumber(left),
  )[0];
  return files.filter(({ variant }) => variant === best);
}

/** This operating system and `cpu` come first, then a file that names no variant. */
function rankVariant(variant: string | null, platform: NodeJS.Platform): number {
  if (variant === null) return 1;
  const word = variant.replace(/[-_.\d]+$/, '');
  if (word === 'cpu' || platformNames[platform]?.includes(word)) return 0;
  return hardware.includes(word) ? 2 + hardware.indexOf(word) : 2 + hardware.length;
}

const readNumber = (variant: string | null): number => Number.parseFloat(/[\d.]+$/.exec(variant ?? '')?.[0] ?? '0');

function choosePython(files: Alternative[], version: Version | null): Alternative[] {
  const versioned = files.filter((file): file is Alternative & { python: Version } => file.python !== null);
  const newestFirst = versioned.toSorted((left, right) => compare(right.python, left.python));
  const isFor = ({ python }: { python: Version }): boolean =>
    version !== null && python.every((part, index) => part === version[index]);
  const isNotNewer = ({ python }: { python: Version }): boolean =>
    version === null || (python[0] === version[0] && compare(python, version) <= 0);
  const exact = newestFirst.find(isFor);
  const general = files.find(({ python }) => python === null);
  const best = exact ?? general ?? newestFirst.find(isNotNewer) ?? newestFirst.at(-1);
  return files.filter(({ python }) => python?.join() === best?.python?.join());
}
