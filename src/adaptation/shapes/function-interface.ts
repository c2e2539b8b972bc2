import type { EntryPoint, Parameter } from '../../contract/facts.js';
import type { CallStyle, RunInterface } from '../../contract/run-interface.js';
import type { Recognition } from '../../registry/recipe.js';

export interface Target {
  entry: EntryPoint;
  /** Of a class: the method to call, where it is not the usual one. Of any of them, what the name says further down. */
  method?: string;
  /** Reading does not see it: the import says whether it is there, and how it is called. */
  isUnseen?: true;
}

/** How the Python host calls the target. Its import root comes first on `sys.path`, then the repository itself. */
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

/** A recognition that needs no file of its own: the code is called as it is. */
export const recognizeAsIs = (summary: string, runInterface: RunInterface): Recognition => ({
  summary,
  runInterface,
  files: {},
});

/** `predict(text, top_k=3)`, for a person. */
export const describeSignature = (name: string, parameters: Parameter[]): string =>
  `${name}(${parameters.map(describeParameter).join(', ')})`;

function describeParameter({ name, kind, default: value }: Parameter): string {
  const marked = kind === 'variadic' ? `*${name}` : kind === 'keywords' ? `**${name}` : name;
  return value === null ? marked : `${marked}=${value}`;
}

/** What `--entry` takes for it: by its file what no module's name leads to. */
export const formatEntry = ({ entry, method }: Target): string =>
  `${entry.byFile || entry.package ? entry.file : entry.module}:${entry.callable}${method === undefined ? '' : `.${method}`}`;
