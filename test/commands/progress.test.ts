import { expect, test } from '@jest/globals';
import { selectColors } from '../../src/commands/colors.js';
import { createProgress, formatElapsed, truncateToWidth } from '../../src/commands/progress.js';
import { createStepReporter } from '../../src/commands/step-reporter.js';
import { RecordingStream } from './recording-stream.js';

const plain = selectColors({}, {});
const step = (facts: object) => ({ step: 'adaptWorkspace', startedAt: at(0), finishedAt: null, note: '', ...facts });
const at = (milliseconds: number): string => new Date(1_700_000_000_000 + milliseconds).toISOString();

test('a file gets one line per finished step, with its note and duration', () => {
  const stream = new RecordingStream();
  const tell = createStepReporter(createProgress(stream, plain));
  tell({ steps: [step({})] });
  tell({ steps: [step({})] });
  tell({ steps: [step({ finishedAt: at(1250), note: 'recipe:function' })] });
  tell({ steps: [step({ finishedAt: at(1250), note: 'recipe:function' })] });
  expect(stream.text).toBe('adaptWorkspace      1.2 s  recipe:function\n');
});

test('a terminal gets a live line that becomes a permanent one', () => {
  const stream = new RecordingStream({ isTTY: true });
  const progress = createProgress(stream, plain, () => 3000);
  progress.begin('copyWorkspace', 1000);
  progress.update('14 files');
  expect(lastDrawn(stream)).toMatch(/^. copyWorkspace {7}2\.0 s {2}14 files$/);
  progress.finish({ step: 'copyWorkspace', note: '14 files', milliseconds: 2100, hasFailed: false });
  expect(lastDrawn(stream)).toBe('✔ copyWorkspace       2.1 s  14 files\n');
});

test('a failed step is marked', () => {
  const stream = new RecordingStream({ isTTY: true });
  createStepReporter(createProgress(stream, plain))({
    steps: [step({ finishedAt: at(20), note: 'failed: no module x' })],
  });
  expect(lastDrawn(stream)).toBe('✘ adaptWorkspace      20 ms  failed\n');
});

test('a live line is never wider than the terminal', () => {
  const stream = new RecordingStream({ isTTY: true, columns: 30 });
  const progress = createProgress(stream, plain, () => 0);
  progress.begin('verifyRevision', 0);
  progress.update('resolving\n140 requirements of the repository');
  progress.end();
  for (const line of stream.text.split('\r')) expect([...line.replace('\u001B[2K', '')].length).toBeLessThan(30);
});

test('other output erases the live line first', () => {
  const stream = new RecordingStream({ isTTY: true });
  const progress = createProgress(stream, plain, () => 0);
  progress.begin('verifyRevision', 0);
  progress.clear();
  expect(stream.text.endsWith('\r\u001B[2K')).toBe(true);
  progress.end();
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1000, '1.0 s'],
  [59_999, '59.9 s'],
  [125_000, '2 min 05 s'],
  [-5, '0 ms'],
])('%d milliseconds are formatted as %s', (milliseconds, text) => {
  expect(formatElapsed(milliseconds)).toBe(text);
});

test('truncated text ends with an ellipsis', () => {
  expect(truncateToWidth('seven letters', 6)).toBe('seven…');
  expect(truncateToWidth('seven', 5)).toBe('seven');
});

const lastDrawn = (stream: RecordingStream): string | undefined => stream.text.split('\r\u001B[2K').at(-1);
