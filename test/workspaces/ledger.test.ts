/** @needs git python3 */
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { berthHome } from '../../src/home/home.js';
import type { Effect, RunnerEffect } from '../../src/workspaces/effect.js';
import { Ledger } from '../../src/workspaces/ledger.js';
import { removeTree } from '../../src/workspaces/remove-tree.js';
import { undoEffects } from '../../src/workspaces/undo-effects.js';
import { temporaryDirectory, temporaryHome, writeTree } from '../support/temporary-directories.js';

const directory = (id: string, path = `/nowhere/${id}`): Effect => ({ id, kind: 'directory', path });

const runner = (id: string, root: string): RunnerEffect => ({
  id,
  kind: 'runner',
  plan: {
    deployment: 'demo',
    revision: 'r1',
    strategy: 'local',
    provider: null,
    directory: join(root, 'code'),
    stateDirectory: join(root, 'state'),
    sharedDirectory: join(root, 'shared'),
    logFile: join(root, 'log'),
    environment: null,
    runInterface: { type: 'function', module: 'app', callable: 'predict' },
    resources: { memory: '1Gi' },
    timeout: 60,
  },
  runner: { module: '/somewhere/runner.js', className: 'LocalRunner' },
});

const ids = async (ledger: Ledger): Promise<string[]> => (await ledger.listPending()).map(({ id }) => id);

test('lists pending effects, newest first, in every process', async () => {
  const home = temporaryHome();
  const ledger = new Ledger(home, 'demo');
  await ledger.enter(directory('a'));
  await ledger.enter(runner('b', '/nowhere'));
  await ledger.enter(directory('c'));
  await ledger.settle('a');

  expect(await new Ledger(home, 'demo').listPending()).toEqual([directory('c'), runner('b', '/nowhere')]);
  expect(await new Ledger(home, 'other').listPending()).toEqual([]);
});

test('enters and settles an effect once, however often it is called', async () => {
  const home = temporaryHome();
  const ledger = new Ledger(home, 'demo');
  await ledger.enter(runner('a', '/nowhere'));
  await ledger.enter(runner('a', '/nowhere'));
  await ledger.settle('a');
  await ledger.settle('a');
  await ledger.settle('never entered');

  const lines = readFileSync(join(home.ledger, 'demo.jsonl'), 'utf8').split('\n').filter(Boolean);
  expect(lines).toHaveLength(2);
  expect(await ledger.listPending()).toEqual([]);
});

test('survives a line truncated by a crash, and continues after it', async () => {
  const home = temporaryHome();
  const ledger = new Ledger(home, 'demo');
  await ledger.enter(directory('a'));
  appendFileSync(join(home.ledger, 'demo.jsonl'), '\n{"enter":{"id":"torn","kind":"direc');

  expect(await ids(ledger)).toEqual(['a']);
  await ledger.enter(directory('b'));
  expect(await ids(ledger)).toEqual(['b', 'a']);
});

test('is removed only when nothing is pending', async () => {
  const home = temporaryHome();
  const ledger = new Ledger(home, 'demo');
  await ledger.enter(directory('a'));

  await expect(ledger.remove()).rejects.toMatchObject({ code: 'UNDO_INCOMPLETE' });
  await ledger.settle('a');
  await ledger.remove();
  await ledger.remove();

  expect(existsSync(join(home.ledger, 'demo.jsonl'))).toBe(false);
});

test('names the path that cannot be written', async () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');

  await expect(new Ledger(berthHome(join(file, 'home')), 'demo').enter(directory('a'))).rejects.toMatchObject({
    code: 'HOME_UNUSABLE',
  });
});

test('undoes everything in reverse and verifies that it is gone', async () => {
  const root = writeTree(temporaryDirectory(), { 'state/pid': '1', 'code/app.py': '' });
  const ledger = new Ledger(temporaryHome(), 'demo');
  await ledger.enter(directory('root', root));
  await ledger.enter(runner('runner', root));
  const undone: boolean[] = [];

  const undo = async () => void undone.push(existsSync(join(root, 'state/pid')));
  await undoEffects({ ledger, undo });
  await undoEffects({ ledger, undo });

  expect(undone).toEqual([true]);
  expect(existsSync(root)).toBe(false);
  expect(await ledger.listPending()).toEqual([]);
});

test('names what cannot be undone, keeps what that needs, and undoes the rest', async () => {
  const root = writeTree(temporaryDirectory(), { 'state/pid': '1' });
  const other = writeTree(temporaryDirectory(), { file: '' });
  const ledger = new Ledger(temporaryHome(), 'demo');
  await ledger.enter(directory('root', root));
  await ledger.enter(directory('other', other));
  await ledger.enter(runner('runner', root));

  const undo = async () => {
    throw new Error('process 17 is still there');
  };
  await expect(undoEffects({ ledger, undo })).rejects.toMatchObject({
    code: 'UNDO_INCOMPLETE',
    details: {
      name: 'demo',
      evidence: `local runner of demo r1: process 17 is still there\n${root}: kept, because local runner of demo r1 still needs it`,
    },
  });

  expect(existsSync(join(root, 'state/pid'))).toBe(true);
  expect(existsSync(other)).toBe(false);
  expect(await ids(ledger)).toEqual(['runner', 'root']);
});

test('removes a tree with read-only parts, but not the targets of its links', async () => {
  const outside = writeTree(temporaryDirectory(), { precious: '' });
  const tree = writeTree(temporaryDirectory(), { 'a/b/file': '' });
  symlinkSync(outside, join(tree, 'a/link'));
  mkdirSync(join(tree, 'closed'));
  for (const path of ['a/b/file', 'a/b', 'a', 'closed'])
    chmodSync(join(tree, path), 0o400 | (path === 'a/b/file' ? 0 : 0o100));

  await removeTree(tree);
  await removeTree(tree);

  expect(existsSync(tree)).toBe(false);
  expect(existsSync(join(outside, 'precious'))).toBe(true);
});
