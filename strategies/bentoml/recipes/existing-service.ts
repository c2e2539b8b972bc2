import { requireReadableManifest } from '../../../src/adaptation/require-readable-manifest.js';
import { parseEntry } from '../../../src/adaptation/shapes/parse-entry.js';
import type { EntryPoint, Facts } from '../../../src/contract/facts.js';
import { BerthError } from '../../../src/errors.js';
import type { Recipe, Recognition } from '../../../src/registry/recipe.js';
import { readNamedService } from './read-named-service.js';

/** Serves a service that the repository has. */
export const existingService: Recipe = {
  name: 'bento-service',
  async recognize({ workspace, facts, entry }) {
    if (entry === undefined) requireReadableManifest(facts, 'bentofile');
    const services = facts.entryPoints.filter((candidate) => isService(candidate, facts));
    if (services.length === 0) return undefined;
    if (entry !== undefined) return recognizeEntry(entry, services);
    const named = await readNamedService(workspace);
    const chosen = named === undefined ? [] : services.filter((service) => isNamed(service, named));
    return recognizeServices(chosen.length > 0 ? chosen : services);
  },
};

/** Tells whether `@bentoml.service` decorates the class: the facts name its line. */
const isService = ({ kind, file, line }: EntryPoint, { frameworks }: Facts): boolean =>
  kind === 'class' &&
  frameworks.some(({ name, evidence }) => name === 'bentoml' && evidence.startsWith(`${file}:${line}: @`));

/**
 * Tells whether the entry names the service: `service:Summarizer` or `service.py:Summarizer`. The class is optional
 * when the module has only one service.
 */
function isNamed({ module, callable, file }: EntryPoint, named: string): boolean {
  const [moduleOrFile, name] = named.split(':');
  return (moduleOrFile === module || moduleOrFile === file) && (name === undefined || name === callable);
}

/**
 * Recognizes `MODULE:Class` or `MODULE:Class.method`. Returns undefined when the entry names something other than a
 * service.
 */
function recognizeEntry(written: string, services: EntryPoint[]): Recognition | undefined {
  const { module, file, callable, method } = parseEntry(written);
  const service = services.find(
    (candidate) => candidate.callable === callable && (candidate.module === module || candidate.file === file),
  );
  if (service === undefined) return undefined;
  if (method === undefined || service.methods.includes(method)) return recognizeService(service, method);
  const message = `${callable} (${service.file}:${service.line}) has no API ${method}; it has: ${service.methods.join(', ')}`;
  throw new BerthError('ENTRY_NOT_FOUND', message, { entry: written });
}

/** Recognizes services. Of several in one module, BentoML serves the one that the others are dependencies of. */
function recognizeServices(services: EntryPoint[]): Recognition {
  const [first] = services;
  if (first !== undefined && services.length === 1) return recognizeService(first);
  const names = services.map(({ callable }) => callable).join(', ');
  if (first !== undefined && services.every(({ module }) => module === first.module)) {
    const summary = `recognized the Bento services ${names} in ${first.file}; the one that needs the others is called`;
    return { summary, runInterface: describeService(first, first.module), files: {} };
  }
  const candidates = services.map(({ module, callable }) => `${module}:${callable}`);
  const lines = candidates.map((candidate, index) => `  --entry ${candidate}   in ${services[index]?.file}`);
  throw new BerthError(
    'ENTRY_AMBIGUOUS',
    [`${services.length} Bento services could be called; name one:`, ...lines].join('\n'),
    { candidates, ...(candidates[0] && { entry: candidates[0] }) },
  );
}

function recognizeService(service: EntryPoint, api?: string): Recognition {
  const runInterface = describeService(service, `${service.module}:${service.callable}`);
  return {
    summary: `recognized the Bento service ${service.callable} in ${service.file}${api ? `, its API ${api} is called` : ''}`,
    runInterface: { ...runInterface, ...(api && { api }) },
    files: {},
  };
}

const describeService = ({ root }: EntryPoint, service: string) => ({
  type: 'bentoml',
  service,
  ...(root !== '.' && { paths: [root, '.'] }),
});
