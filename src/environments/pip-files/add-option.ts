import type { OptionName } from './parse-line.js';
import type { PipFiles } from './pip-files.js';
import { describeLocation, type SourceLine } from './source-line.js';

type InstallOption = Exclude<OptionName, 'requirement' | 'constraint' | 'find-links'>;

/** Adds an option of a requirement file in the form that uv accepts, or notes that it has no effect. */
export function addOption(found: PipFiles, line: SourceLine, name: InstallOption, value: string): void {
  switch (name) {
    case 'index-url':
    case 'pypi-url':
      found.options.push({ ...line, text: `--index-url ${value}` });
      break;
    case 'extra-index-url':
      found.options.push({ ...line, text: `--extra-index-url ${value}` });
      break;
    case 'no-binary':
    case 'only-binary':
      found.options.push(...value.split(',').map((item) => ({ ...line, text: `--${name} ${item.trim()}` })));
      break;
    case 'no-index':
      found.options.push({ ...line, text: '--no-index' });
      break;
    case 'require-hashes':
      found.requiresHashes = true;
      break;
    case 'pre':
      found.uvArguments.push('--prerelease', 'allow');
      break;
    case 'trusted-host':
      found.uvArguments.push('--allow-insecure-host', value);
      found.notes.push(`${describeLocation(line)}: the certificate of ${value} is not checked.`);
      break;
    default:
      if (!ignoredOptions.has(name)) found.notes.push(`${describeLocation(line)}: --${name} has no effect here.`);
  }
}

/** Options that do not change the installed packages. */
const ignoredOptions = new Set<InstallOption>(['use-feature', 'use-wheel', 'always-unzip']);

/** Adds a setting for the build of one requirement. */
export function addBuildSetting(found: PipFiles, line: SourceLine, requirement: string, setting: string): void {
  const name = /^[A-Za-z0-9][\w.-]*/.exec(requirement)?.[0];
  if (name === undefined)
    found.notes.push(`${describeLocation(line)}: --config-settings has no effect without a package name.`);
  else found.uvArguments.push('--config-settings-package', `${name}:${setting}`);
}
