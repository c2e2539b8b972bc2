import type { Recipe, Recognition } from '../../src/adaptation/recipe.js';
import { chooseCallStyle } from '../../src/adaptation/shapes/index.js';
import { parseEntry } from '../../src/adaptation/shapes/parse-entry.js';
import type { EntryPoint, Facts } from '../../src/contract/facts.js';
import { BerthError } from '../../src/errors.js';

/** A function of an app, or a method of one of its classes. */
interface AppFunction {
  entry: EntryPoint;
  method: string | null;
}

/** An app that the repository has: it is deployed as it is, and one of its functions is called. */
export const existingApp: Recipe = {
  name: 'modal-app',
  async recognise({ facts, entry }) {
    const found = findAppFunctions(facts);
    if (entry === undefined) {
      if (found.length > 1) throw ambiguous(found);
      return found[0] && recogniseFunction(found[0]);
    }
    const named = findNamed(entry, found);
    if (named.length > 1) throw ambiguous(named);
    return named[0] && recogniseFunction(named[0]);
  },
};

/** As the facts' evidence names them: `app.py:12: @app.function predict`, `app.py:20: @app.cls Model: run, embed`. */
function findAppFunctions({ frameworks, entryPoints }: Facts): AppFunction[] {
  return frameworks.flatMap(({ name, evidence }): AppFunction[] => {
    const [, file, line, callable, , methods] =
      /^(.+\.py):(\d+): @\w+\.(?:function|cls) (\w+)(: (.*))?$/.exec(name === 'modal' ? evidence : '') ?? [];
    const entry = entryPoints.find(
      (one) => one.file === file && one.line === Number(line) && one.callable === callable,
    );
    if (entry === undefined) return [];
    if (entry.kind === 'function') return [{ entry, method: null }];
    if (entry.constructorParameters.length > 0) return []; // which values it is made with nothing here says
    return (methods ?? '').split(', ').flatMap((method) => (method === '' ? [] : [{ entry, method }]));
  });
}

function findNamed(written: string, found: AppFunction[]): AppFunction[] {
  const { module, file, callable, method } = parseEntry(written);
  const isIn = (entry: EntryPoint) => entry.callable === callable && (entry.module === module || entry.file === file);
  return found.filter((one) => isIn(one.entry) && (method === undefined || one.method === method));
}

function recogniseFunction({ entry, method }: AppFunction): Recognition {
  const { file, module, root, callable } = entry;
  const functionName = method === null ? callable : `${callable}.${method}`;
  const parameters = (method === null ? undefined : entry.signatures?.[method]) ?? entry.parameters;
  return {
    summary: `recognised the Modal function ${functionName} in ${file}; its app is deployed as it is`,
    runInterface: {
      type: 'modal',
      file,
      ...(module.includes('.') && { module }),
      ...(root !== '.' && { root }),
      function_name: functionName,
      call: chooseCallStyle(parameters),
    },
    files: {},
  };
}

function ambiguous(found: AppFunction[]): BerthError {
  const candidates = found.map(
    ({ entry, method }) => `${entry.module}:${entry.callable}${method === null ? '' : `.${method}`}`,
  );
  const lines = candidates.map((candidate, index) => `  --entry ${candidate}   in ${found[index]?.entry.file}`);
  const message = [`${found.length} Modal functions could be the one to call; say which:`, ...lines].join('\n');
  return new BerthError('ENTRY_AMBIGUOUS', message, { candidates, ...(candidates[0] && { entry: candidates[0] }) });
}
