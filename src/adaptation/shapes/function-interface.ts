import type { EntryPoint, Parameter } from '../../contract/facts.js';
import type { CallStyle, RunInterface } from '../../contract/run-interface.js';
import type { Recognition } from '../../registry/recipe.js';

export interface Target {
  entry: EntryPoint;
  /** Method to call instead of the default one, or the attribute path after the callable's name. */
  method?: string;
  /** True if the facts do not contain it: only the import shows whether it exists and how to call it. */
  isUnlisted?: true;
}

/**
 * Describes how the host process calls the target. Its import root comes first on `sys.path`, then the repository's
 * root.
 */
export function describeFunction({ entry, method }: Target, call: CallStyle): RunInterface {
  return {
    type: 'function',
    module: entry.module,
    ...(entry.byFile && { file: entry.file }),
    ...(entry.package && { package: entry.package }),
    callable: method === undefined ? entry.callable : `${entry.callable}.${method}`,
    call,
    paths: entry.paths ?? (entry.root === '.' ? ['.'] : [entry.root, '.']),
  };
}

/** Creates a recognition that adds no files: the code is called unchanged. */
export const recognizeUnchanged = (summary: string, runInterface: RunInterface): Recognition => ({
  summary,
  runInterface,
  files: {},
});

/** Formats a signature for a person: `predict(text, top_k=3)`. */
export const describeSignature = (name: string, parameters: Parameter[]): string =>
  `${name}(${parameters.map(describeParameter).join(', ')})`;

function describeParameter({ name, kind, default: value }: Parameter): string {
  const marked = kind === 'variadic' ? `*${name}` : kind === 'keywords' ? `**${name}` : name;
  return value === null ? marked : `${marked}=${value}`;
}

/** Formats a target as an `--entry` value: by its file if it cannot be imported by a module name. */
export const formatEntry = ({ entry, method }: Target): string =>
  `${entry.byFile || entry.package ? entry.file : entry.module}:${entry.callable}${method === undefined ? '' : `.${method}`}`;
