import type { Facts } from '../contract/facts.js';
import type { CodeFacts } from './code-facts.js';

/** Summarizes the facts as tags that signals match: `language:python`, `entry:predict`, `method:predict`, `gpu`, … */
export function buildTags(facts: Omit<Facts, 'tags'>, code: CodeFacts): string[] {
  const functions = facts.entryPoints.filter(({ kind }) => kind === 'function');
  const classes = facts.entryPoints.filter(
    ({ kind, constructorParameters, isAbstract }) =>
      kind === 'class' && constructorParameters.length === 0 && isAbstract !== true,
  );
  const tags = [
    ...Object.keys(facts.languages).map((language) => `language:${language}`),
    ...facts.manifests.map(({ kind }) => `manifest:${kind}`),
    ...facts.dependencies.map(({ name }) => `dependency:${name}`),
    ...code.thirdParty.map((name) => `import:${name}`),
    ...facts.frameworks.map(({ name }) => `framework:${name}`),
    ...functions.map(({ callable }) => `entry:${callable}`),
    ...classes.flatMap(({ methods }) => methods.map((method) => `method:${method}`)),
    ...(facts.models.length > 0 ? ['model'] : []),
    ...listGpuTags(facts, code),
    ...(facts.exposes.length > 0 ? ['exposes'] : []),
    ...(facts.syntaxErrors.length > 0 ? ['syntax-error'] : []),
  ];
  return [...new Set(tags)];
}

/** Returns `gpu:optional` when every use of a GPU has a CPU fallback. */
function listGpuTags({ gpu }: Pick<Facts, 'gpu'>, code: CodeFacts): string[] {
  if (gpu.length === 0) return [];
  const isOptional = gpu.length === code.gpu.length && code.gpu.every((use) => use.isOptional);
  return [isOptional ? 'gpu:optional' : 'gpu'];
}
