/** @needs python3 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { checkContract, readExampleFile } from '../../src/adaptation/index.js';
import { cogPredictor } from '../../src/adaptation/shapes/index.js';
import type { Answer } from '../../src/contract/answer.js';
import type { RunPlan } from '../../src/contract/handle.js';
import { gatherFacts } from '../../src/facts/index.js';
import { packageRoot } from '../../src/home/package-root.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { readStream } from '../support/read-stream.js';
import { temporaryDirectory, temporarySolution } from '../support/temporary-directories.js';
import { requireFailure } from './conformance.js';
import { createLocalPlan } from './local-plan.js';

const runners: LocalRunner[] = [];
afterAll(async () => {
  for (const runner of runners) await runner.undo();
});

const success = (output: unknown) => ({ status: 'success', output });
const dataUri = (text: string, kind = 'text/plain') => `data:${kind};base64,${Buffer.from(text).toString('base64')}`;

interface Served {
  run: (inputs: unknown) => Promise<Answer>;
  stream: (inputs: unknown) => AsyncGenerator<unknown, Answer>;
  plan: RunPlan;
}

/** Recognizes the repository by its `cog.yaml` and serves it. */
async function serveCog(directory: string, env: Record<string, string> = {}): Promise<Served> {
  const facts = await gatherFacts(directory);
  const recognition = await cogPredictor.recognize({ workspace: directory, facts });
  if (recognition === undefined) throw new Error(`no Cog predictor in ${directory}`);
  const { runInterface } = recognition;
  const plan = createLocalPlan(temporaryDirectory('berth-cog-'), {}, { runInterface, directory });
  const runner = new LocalRunner(plan);
  runners.push(runner);
  await runner.start({ env });
  return { plan, run: (inputs) => runner.run(inputs), stream: (inputs) => runner.stream(inputs) };
}

const captioner = join(packageRoot, 'examples', 'cog-captioner');
const examples = await readExampleFile(join(captioner, 'examples.yaml'));
const { image } = examples.map(({ input }) => input)[0] as { image: string };

test('the example answers like its examples, with its file as a data URI', async () => {
  const { run } = await serveCog(captioner);
  const checked = await checkContract({
    contract: { source: 'user', examples },
    call: run,
    signal: undefined,
  });
  expect(checked).toMatchObject({ evidence: null, report: { examples: examples.length, passed: examples.length } });
  const painted = await run({ image, swatch: true });
  expect(painted).toMatchObject(success({ swatch: expect.stringMatching(/^data:image\/png;base64,iVBORw0KGgo/) }));
});

test('its limits are enforced, and its own exception is an answer', async () => {
  const { run } = await serveCog(captioner, { CAPTIONER_LARGEST_SIDE: '5' });
  const refused = requireFailure(await run({ image, colours: 7, style: 'shout' }));
  expect(refused.code).toBe('CALL_INPUT');
  expect(refused.message).toContain('colours: must be at most 6, got 7');
  expect(refused.message).toContain('style');
  expect(requireFailure(await run({})).message).toContain('image: is required');
  // The user's value of the variable overrides that of cog.yaml.
  const raised = requireFailure(await run({ image }));
  expect(raised).toMatchObject({ code: 'CALL_FAILED', type: 'ValueError' });
  expect(raised.message).toContain('6 × 4: at most 5 on a side');
});

test('a predictor in a subdirectory is set up once, with the variables of cog.yaml set before the import', async () => {
  const solution = temporarySolution({
    'cog.yaml': 'predict: "sub/predict.py:Counter"\nenvironment:\n  - GREETING=a=b\n  - OWN=cog\n',
    'words.py': 'WORD = "word"\n',
    'sub/predict.py': `
import os
from cog import BasePredictor
from words import WORD

GREETING = os.environ["GREETING"]

class Counter(BasePredictor):
    ready = 0
    def setup(self) -> None:
        Counter.ready += 1
    def predict(self) -> list:
        return [Counter.ready, GREETING, os.environ["OWN"], WORD]
`,
  });
  const { run } = await serveCog(solution, { OWN: 'user' });
  for (let call = 0; call < 3; call += 1) expect(await run({})).toEqual(success([1, 'a=b', 'user', 'word']));
});

test('an async predictor takes as many concurrent calls as cog.yaml allows', async () => {
  const solution = temporarySolution({
    'cog.yaml': 'predict: "predict.py"\nconcurrency:\n  max: 3\n',
    'predict.py': `
import asyncio
from cog import BasePredictor

class Predictor(BasePredictor):
    async def setup(self) -> None:
        self.busy = self.most = 0
    async def predict(self) -> int:
        self.busy += 1
        self.most = max(self.most, self.busy)
        await asyncio.sleep(0.1)
        self.busy -= 1
        return self.most
`,
  });
  const { run } = await serveCog(solution);
  const answers = await Promise.all(Array.from({ length: 7 }, () => run({})));
  expect(answers.at(-1)).toEqual(success(3));
});

test('files are passed as data URIs, and a call’s temporary files stay with the revision', async () => {
  const solution = temporarySolution({
    'cog.yaml': 'predict: "predict.py"\n',
    'predict.py': `
import tempfile
from typing import List
from cog import BasePredictor, Path

class Predictor(BasePredictor):
    def predict(self, files: List[Path]) -> List[Path]:
        out = Path(tempfile.mkdtemp(prefix="made-"))
        for index, file in enumerate(files):
            (out / f"{index}.txt").write_text(file.read_text().upper())
        return sorted(out.iterdir())
`,
  });
  const { run, plan } = await serveCog(solution);
  expect(await run({ files: [dataUri('a'), dataUri('b')] })).toEqual(success([dataUri('A'), dataUri('B')]));
  expect(readdirSync(join(plan.stateDirectory, 'tmp'))).toEqual([expect.stringMatching(/^made-/)]);
});

test.each([
  ['Iterator', '', ['a', 'b', 'c']],
  ['ConcatenateIterator', '', 'abc'],
  ['AsyncConcatenateIterator', 'async ', 'abc'],
])('items of %s arrive one by one, and together are one answer', async (kind, prefix, output) => {
  const solution = temporarySolution({
    'cog.yaml': 'predict: "predict.py:spell"\n',
    'predict.py': `
from typing import Iterator
from cog import AsyncConcatenateIterator, ConcatenateIterator, Input

${prefix}def spell(word: str = Input(default="abc")) -> ${kind}[str]:
    for letter in word:
        yield letter
`,
  });
  const { run, stream } = await serveCog(solution);
  expect(await run({})).toEqual(success(output));
  expect(await readStream(stream({}))).toEqual({ chunks: ['a', 'b', 'c'], answer: success(output) });
  expect(await readStream(stream({ word: '' }))).toMatchObject({ chunks: [], answer: { status: 'success' } });
  expect((await readStream(stream({ word: 1 }))).answer).toMatchObject({ error: { code: 'CALL_INPUT' } });
});
