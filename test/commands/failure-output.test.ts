import { expect, test } from '@jest/globals';
import { selectColors } from '../../src/commands/colors.js';
import { renderChecks } from '../../src/commands/doctor.js';
import { renderDeployment } from '../../src/commands/render-deployment.js';
import { renderFailure } from '../../src/commands/report-failure.js';
import { createDeploymentInfo } from './recording-stream.js';

const plain = selectColors({}, {});

test('a first line of evidence that repeats the message is printed once', () => {
  const failure = { code: 'PYTHON_SYNTAX', message: 'app.py:2: never closed', next: 'Fix it.' };
  expect(renderFailure({ ...failure, evidence: 'app.py:2: never closed\n    x = (\n' }, plain).split('\n')).toEqual([
    'PYTHON_SYNTAX app.py:2: never closed',
    '      x = (',
    'Fix it.',
  ]);
});

test('the status page of a deployment without examples claims no passed ones', () => {
  const page = renderDeployment(createDeploymentInfo({ contract: { source: 'weak', examples: 0, passed: 0 } }), plain);
  expect(page).toContain('nothing was called: provide examples with --example FILE');
  expect(page).not.toContain('0 of 0');
});

test('an invalid strategy is broken, not absent', () => {
  const check = { name: 'strategy odd', ok: false, detail: 'config.yaml:3', remedy: 'fix it', isRequired: false };
  expect(renderChecks([{ ...check, isBroken: true }], plain)).toBe('strategy odd  broken  config.yaml:3 → fix it');
  expect(renderChecks([check], plain)).toContain('absent');
});
