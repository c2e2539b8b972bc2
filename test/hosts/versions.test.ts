import { expect, test } from '@jest/globals';
import { findInterpreters, listCandidates } from '../../src/environments/interpreters.js';
import { temporaryHome } from '../support/temporary.js';
import { serve, success } from './serve.js';

const source = `
import sys
from dataclasses import dataclass

@dataclass
class Answer:
    text: str

async def predict(text: str, *, times: int = 2):
    return [Answer(text * times), list(sys.version_info[:2])]
`;

/** One of each `3.N` that is on this machine and can run the host. */
async function listVersions(): Promise<[string, string][]> {
  const found = await findInterpreters(await listCandidates(temporaryHome()));
  const byMinor = new Map(found.map(({ path, version }) => [version.split('.').slice(0, 2).join('.'), path]));
  return [...byMinor];
}

test.each(await listVersions())('Python %s serves a call', async (version, python) => {
  const environment = { digest: '', path: '', python, pythonVersion: version, packageDirectory: null, notes: [] };
  const { call } = await serve(source, 'predict', { environment });
  const expected = [{ text: 'abab' }, version.split('.').map(Number)];
  expect(await call({ text: 'ab' })).toEqual(success(expected));
});
