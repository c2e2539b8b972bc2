import type { EntryPoint, Facts } from '../../../src/contract/facts.js';

/** Function of a Modal app, or method of one of its classes, as its decorators describe it. */
export interface AppFunction {
  entry: EntryPoint;
  /** Method of a class; null for a function. */
  method: string | null;
  /** Modal's name of the function or class. */
  name: string;
  /** Variable of the module that holds the app. */
  app: string;
  /** Parameters of the class, in addition to those of its methods. */
  parameters: ClassParameter[];
  isGenerator: boolean;
  /** Variable of the module that holds a generator's image, if any. */
  image: string | undefined;
  /** How it is served over HTTP; null for a function that Modal's SDK calls. */
  web: WebEndpoint | null;
}

export interface ClassParameter {
  name: string;
  isRequired: boolean;
}

export interface WebEndpoint {
  kind: 'function' | 'server';
  /** Method of a `fastapi_endpoint`. */
  method: string;
  /** True when it requires one of Modal's proxy tokens. */
  isProtected: boolean;
}

/** Finds everything that can be called once the repository's apps are deployed. */
export const findAppFunctions = (facts: Facts): AppFunction[] =>
  readEvidence(facts).flatMap((line) => (line.decorator === 'cls' ? readClass(line) : readFunction(line)));

/** Finds functions that run only on the machine of `modal run`, not in the cloud. */
export const findLocalEntrypoints = (facts: Facts): string[] =>
  readEvidence(facts)
    .filter(({ decorator }) => decorator === 'local_entrypoint')
    .map(({ entry }) => `${entry.callable} in ${entry.file}`);

interface Evidence {
  entry: EntryPoint;
  app: string;
  decorator: string;
  /** Text that follows the callable's name in the facts. */
  details: string;
}

/** Reads the facts' evidence: `app.py:12: @app.function predict`, `app.py:20: @app.cls Model(size=): run, embed`. */
function readEvidence({ frameworks, entryPoints }: Facts): Evidence[] {
  return frameworks.flatMap(({ name, evidence }): Evidence[] => {
    const found = /^(.+\.py):(\d+): @(\w+)\.(function|cls|local_entrypoint) (\w+)(.*)$/.exec(evidence);
    if (name !== 'modal' || found === null) return [];
    const [, file, line, app = '', decorator = '', callable, details = ''] = found;
    const entry = entryPoints.find(
      (one) => one.file === file && one.line === Number(line) && one.callable === callable,
    );
    return entry === undefined ? [] : [{ entry, app, decorator, details }];
  });
}

function readFunction({ entry, app, decorator, details }: Evidence): AppFunction[] {
  if (decorator !== 'function') return [];
  const marks = readMarks(details);
  const named = marks.find((mark) => mark.startsWith('name='))?.slice('name='.length);
  return [{ entry, app, method: null, name: named ?? entry.callable, parameters: [], ...describeMarks(marks) }];
}

function readClass({ entry, app, details }: Evidence): AppFunction[] {
  const [, inner = '', methods = ''] = /^(?:\(([^)]*)\))?: (.*)$/.exec(details) ?? [];
  const parameters = inner
    .split(', ')
    .filter((name) => name !== '')
    .map((name) => ({ name: name.replace(/=$/, ''), isRequired: !name.endsWith('=') }));
  return [...methods.matchAll(/(\w+)( \([^)]*\))?/g)].map(([, method = '', marks = '']) => ({
    entry,
    app,
    method,
    name: entry.callable,
    parameters,
    ...describeMarks(readMarks(marks)),
  }));
}

const readMarks = (details: string): string[] => /\((.*)\)/.exec(details)?.[1]?.split(', ') ?? [];

function describeMarks(marks: string[]): Pick<AppFunction, 'isGenerator' | 'image' | 'web'> {
  const served = marks.map((mark) => /^(\w+_(?:endpoint|app|server))(?: (\w+))?$/.exec(mark)).find((mark) => mark);
  const [, kind = '', method = 'GET'] = served ?? [];
  return {
    isGenerator: marks.includes('generator'),
    image: marks.find((mark) => mark.startsWith('image='))?.slice('image='.length),
    web: served
      ? {
          kind: kind.endsWith('_endpoint') ? 'function' : 'server',
          method: kind.endsWith('_endpoint') ? method.toUpperCase() : 'POST',
          isProtected: marks.includes('requires_proxy_auth'),
        }
      : null,
  };
}
