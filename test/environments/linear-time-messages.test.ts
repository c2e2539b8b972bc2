import { expect, test } from '@jest/globals';
import { redact } from '../../src/environments/child-environment.js';
import { explainUvFailure } from '../../src/environments/explain-uv-failure.js';
import { formatUvFile, restoreLocations } from '../../src/environments/pip-files/uv-file.js';

test('tool output is cleaned of credentials and paths in linear time', () => {
  expect(redact('at https://user:secret@host/x, and git+ssh://a@b')).toBe('at https://***@host/x, and git+ssh://***@b');
  const began = performance.now();
  for (const text of ['a', ' ', '/', '/.making', 'a/.making-', "'", ';', 'a://', '@']) {
    const output = text.repeat(200_000);
    redact(output);
    const command = 'uv pip compile /x/.making-source-1/requirements.txt';
    const failure = { command, output, stdout: '', exitCode: 1 };
    explainUvFailure(failure, 'DEPENDENCY_UNRESOLVED', 'resolving failed');
  }
  expect(performance.now() - began).toBeLessThan(5000);
  const failure = explainUvFailure(
    {
      command: 'uv',
      output: 'error: file:///h/.making-source-12/x `/h/.making-3/y`',
      stdout: '',
      exitCode: 1,
    },
    'DEPENDENCY_UNRESOLVED',
    'no',
  );
  expect(failure.message).toBe('no: ./x `…/y`');
});

test('locations in uv’s output are found in linear time', () => {
  const line = { text: 'six', file: 'requirements.txt', line: 3 };
  const uvFile = formatUvFile([line], { source: '/x', variables: {} });
  const began = performance.now();
  for (const text of ['[', '`', 'requirements.', '/requirements.in', '"'])
    restoreLocations(text.repeat(200_000), 'requirements.in', uvFile);
  expect(performance.now() - began).toBeLessThan(2000);
  const output = 'no such thing: `/h/.making-1/requirements.in` at position 0, or /h/requirements.in:1:2';
  expect(restoreLocations(output, 'requirements.in', uvFile)).toBe(
    'no such thing: requirements.txt:3, or requirements.txt:3',
  );
});
