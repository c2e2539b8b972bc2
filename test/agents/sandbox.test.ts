import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { bubblewrapArguments } from '../../src/agents/sandbox.js';
import { temporaryDirectory } from '../support/temporary-directories.js';

test('a sandbox is read-only except for two directories, and covers hidden and masked paths', () => {
  const root = temporaryDirectory('berth-sandbox-');
  const at = (name: string): string => join(root, name);
  for (const name of ['w', 's', 'secrets', 'w/.opencode', 'programs']) mkdirSync(at(name));
  for (const name of ['token', 'w/.env', 'blank', 'secrets/agent']) writeFileSync(at(name), '');
  const argv = bubblewrapArguments({
    program: at('secrets/agent'),
    workspace: at('w'),
    writable: [at('s')],
    hidden: [at('secrets'), at('token'), at('nothing')],
    masked: [at('w/.env'), at('w/.opencode')],
    blankFile: at('blank'),
  }).join(' ');
  expect(argv.replaceAll(`${root}/`, '@')).toBe(
    '--ro-bind / / --dev /dev --proc /proc --unshare-pid --unshare-ipc --unshare-uts --die-with-parent ' +
      // The program stays visible in a hidden directory.
      '--tmpfs @secrets --ro-bind /dev/null @token --ro-bind @secrets @secrets --ro-bind @secrets @secrets ' +
      '--bind @w @w --bind @s @s --ro-bind @blank @w/.env --tmpfs @w/.opencode --chdir @w',
  );
});
