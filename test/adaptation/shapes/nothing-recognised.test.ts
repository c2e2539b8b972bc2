import { expect, test } from '@jest/globals';
import { describeNothingRecognised } from '../../../src/adaptation/shapes/index.js';
import { gatherFacts } from '../../../src/selection/index.js';
import { temporaryHome, temporarySolution } from '../../support/temporary.js';

const home = temporaryHome();
const describeFor = async (files: Record<string, string>) =>
  describeNothingRecognised(await gatherFacts(temporarySolution(files), { home }));

test('a syntax error that may hide the callable is the reason given', async () => {
  const error = await describeFor({ 'pkg/deep.py': 'x = (\n', 'app.py': 'def predict(inputs)\n    return 1\n' });
  expect(error).toMatchObject({
    code: 'PYTHON_SYNTAX',
    message: expect.stringMatching(/^app\.py:1: /),
    details: { file: 'app.py', line: 1, evidence: expect.stringContaining('def predict(inputs)') },
  });
});

test('without one, the message says what was looked for and what there is', async () => {
  const none = await describeFor({ 'app.py': 'print(1)\n' });
  expect(none.code).toBe('ENTRY_NOT_FOUND');
  expect(none.message).toContain('no function predict or run');
  expect(none.message).toContain('no public function or class');
  const classes = await describeFor({ 'net.py': 'class Net:\n    def forward(self, x): pass\n' });
  expect(classes.message).toContain('There are classes: net:Net.');
  const graph = 'from langgraph.graph import StateGraph\ng = StateGraph(dict).compile()\n';
  expect((await describeFor({ 'a.py': graph })).message).toContain('There is langgraph (a.py:2:');
});
