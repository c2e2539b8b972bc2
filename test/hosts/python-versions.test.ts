/** @needs python3 */
import { expect, test } from '@jest/globals';
import type { Environment } from '../../src/contract/revision.js';
import { findInterpreters, listInterpreterCandidates } from '../../src/environments/interpreters.js';
import { temporaryHome } from '../support/temporary-directories.js';
import { serve, success } from './serve.js';
import { serveFiles } from './serve-files.js';

const source = `
import sys
from dataclasses import dataclass

@dataclass
class Answer:
    text: str

async def predict(text: str, *, times: int = 2):
    return [Answer(text * times), list(sys.version_info[:2])]
`;

/** One Python of each `3.N` on this machine that can run the host process. */
async function listVersions(): Promise<[string, string][]> {
  const found = await findInterpreters(await listInterpreterCandidates(temporaryHome()));
  const byMinor = new Map(found.map(({ path, version }) => [version.split('.').slice(0, 2).join('.'), path]));
  return [...byMinor];
}

const versions = (await listVersions()).map(([version, python]): [string, Environment] => [
  version,
  { digest: '', path: '', python, pythonVersion: version, packageDirectory: null, notes: [] },
]);

test.each(versions)('Python %s serves a call', async (version, environment) => {
  const { call } = await serve(source, 'predict', { environment });
  const expected = [{ text: 'abab' }, version.split('.').map(Number)];
  expect(await call({ text: 'ab' })).toEqual(success(expected));
});

test.each(versions)(
  'Python %s imports a root package, and modules with the names of its own',
  async (_, environment) => {
    const files = {
      '__init__.py': 'import queue\n',
      'predict.py':
        'from .helper import up\nfrom . import token\nimport helper\nassert helper.up is up\n\ndef predict(text):\n    return up(text) + token.END\n',
      'helper.py': 'def up(text):\n    return text.upper()\n',
      'token.py': 'END = "!"\n',
      'queue.py': 'raise AssertionError("nobody asks for it")\n',
    };
    const { call } = await serveFiles(files, { module: 'predict', callable: 'predict' }, { environment });
    expect(await call({ text: 'a' })).toEqual(success('A!'));
    const plain = {
      'signal.py': 'import token\n\ndef predict(text):\n    return text + token.END\n',
      'token.py': 'END = "?"\n',
    };
    const other = await serveFiles(plain, { module: 'signal', callable: 'predict' }, { environment });
    expect(await other.call({ text: 'a' })).toEqual(success('a?'));
  },
);
