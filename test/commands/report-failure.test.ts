import { expect, test } from '@jest/globals';
import { createOutput } from '../../src/commands/output.js';
import { proposeCommands } from '../../src/commands/propose-commands.js';
import { reportFailure } from '../../src/commands/report-failure.js';
import { createStepReporter } from '../../src/commands/step-reporter.js';
import { BerthError } from '../../src/errors.js';
import { RecordingStream } from './recording-stream.js';

async function report(error: unknown, { isJson = false, words = ['deploy', '.'] } = {}): Promise<string> {
  const streams = { stdout: new RecordingStream(), stderr: new RecordingStream() };
  await reportFailure(createOutput(streams, { isJson, isVerbose: false }), error, words);
  return streams.stdout.text + streams.stderr.text;
}

const ambiguous = new BerthError('ENTRY_AMBIGUOUS', '2 callables could be the one to call', {
  path: '/a',
  entry: 'a:predict',
  candidates: ['a:predict', 'b:predict'],
  evidence: 'seen in a.py',
});

test('--json has everything that the text has', async () => {
  expect(JSON.parse(await report(ambiguous, { isJson: true }))).toEqual({
    error: {
      code: 'ENTRY_AMBIGUOUS',
      message: '2 callables could be the one to call',
      next: 'Choose one: berth deploy /a --entry a:predict',
      candidates: ['a:predict', 'b:predict'],
      evidence: 'seen in a.py',
    },
  });
  const held = { evidence: 'not what this example expects', fullEvidence: 'expected 1, got 2' };
  const failed = await report(new BerthError('CONTRACT_FAILED', 'no', held), { isJson: true });
  expect(JSON.parse(failed).error.evidence).toBe('expected 1, got 2');
  expect(JSON.parse(await report(new BerthError('COMMAND_UNKNOWN', 'no'), { isJson: true })).error).toEqual({
    code: 'COMMAND_UNKNOWN',
    message: 'no',
    next: 'List the commands: berth --help',
  });
});

test('an ambiguity proposes the command with each candidate, ready to paste', async () => {
  const words = ['deploy', 'my app', '--name', 'x', '--entry', 'wrong', '--env', 'KEY=secret-value', '--agent=none'];
  expect((await report(ambiguous, { words })).split('\n').slice(-4)).toEqual([
    'Choose one:',
    "  berth deploy 'my app' --name x --env 'KEY=…' --agent=none --entry a:predict",
    "  berth deploy 'my app' --name x --env 'KEY=…' --agent=none --entry b:predict",
    '',
  ]);
});

test('one candidate is proposed on one line, and only the first of many are shown', () => {
  const error = (candidates: string[]) => new BerthError('STRATEGY_UNDECIDED', 'no', { candidates });
  expect(proposeCommands(error(['local']), ['redeploy', 'ocr', '--strategy=docker'])).toBe(
    'Choose one: berth redeploy ocr --strategy local',
  );
  const many = proposeCommands(error(['a', 'b', 'c', 'd', 'e', 'f', 'g']), ['deploy', '.']);
  expect(many?.split('\n')).toHaveLength(7);
  expect(many).toContain('and 2 more');
});

test('nothing is proposed without candidates, or for other commands', () => {
  expect(proposeCommands(new BerthError('ENTRY_NOT_FOUND', 'no', { candidates: [] }), ['deploy', '.'])).toBeUndefined();
  expect(proposeCommands(ambiguous, ['resume', 'ocr'])).toBeUndefined();
  expect(proposeCommands(new BerthError('USAGE', 'no', { candidates: ['x'] }), ['deploy', '.'])).toBeUndefined();
});

test('a proposed path is quoted for the shell', () => {
  const { next } = new BerthError('ENTRY_AMBIGUOUS', 'no', { path: "/my apps/it's", entry: 'app:Model(size=3).run' });
  expect(next).toBe(`Choose one: berth deploy '/my apps/it'\\''s' --entry 'app:Model(size=3).run'`);
});

test('the cause of a failed change is printed once, at the end', () => {
  const notes: string[] = [];
  const progress = { begin: () => {}, update: () => {}, finish: ({ note }: { note: string }) => notes.push(note) };
  const at = new Date(0).toISOString();
  const step = (note: string) => ({ step: 'deploy', startedAt: `${at}${note}`, finishedAt: at, note });
  createStepReporter(progress as never)({
    steps: [
      step('c1, requested by ana@studio'),
      step('c1 is failed: STRATEGY_UNAVAILABLE: no engine\nanswers'),
      step('c2 is live: r1 is live'),
    ],
  });
  expect(notes).toEqual(['c1 is failed: STRATEGY_UNAVAILABLE', 'c2 is live: r1 is live']);
});
