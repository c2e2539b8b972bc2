/** @needs git python3 uv temporal container-engine */
import { expect, test } from '@jest/globals';
import { openTestEngine } from '../support/docker-engine.js';
import { readBlocks, readCommands, readDocument, UserShell } from '../support/documents.js';
import { temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();

test('the commands of docs/guide/strategies/docker.md work', async () => {
  await openTestEngine();
  const shell = new UserShell(home.root);
  const blocks = readBlocks(readDocument('docs/guide/strategies/docker.md'));
  const lines = blocks.filter(({ kind }) => kind === 'engine').flatMap(readCommands);
  expect(lines).not.toEqual([]);
  for (const line of lines) {
    const { exitCode, stdout, stderr } = await shell.type(line);
    expect({ line, exitCode, stdout, stderr }).toMatchObject({ line, exitCode: 0 });
  }
});
