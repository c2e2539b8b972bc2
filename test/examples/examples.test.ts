/** @needs git python3 uv temporal */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { readExampleFile } from '../../src/adaptation/index.js';
import { packageRoot } from '../../src/home/package-root.js';
import { openaiChat, type ScriptedEndpoint, say, startEndpoint, write } from '../agents/endpoints/index.js';
import { connectOnce, deploy } from '../support/deployments.js';
import { registerCleanup } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

temporaryStack();
let model: ScriptedEndpoint;

beforeAll(async () => {
  model = await startEndpoint(openaiChat);
  registerCleanup(() => model.close());
  Object.assign(process.env, {
    OPENAI_BASE_URL: `${model.url}/v1`,
    OPENAI_API_KEY: 'scripted',
    OPENAI_MODEL: 'scripted',
  });
});

/** Files that a coding agent adds to examples that no recipe recognizes. */
const adapted: Record<string, string> = {
  'language-id': `from identify import SAMPLES, order_languages, read_profiles

profiles = read_profiles(SAMPLES)


def predict(text: str):
    return {"language": order_languages(text, profiles)[0]}
`,
  'keyword-tagger': `from pathlib import Path

from tagger import Tagger, Vocabulary

tagger = Tagger(Vocabulary.read(Path(__file__).parent / "vocabulary.json"), threshold=2)


def predict(text: str):
    return {"topics": tagger.tag(text)}
`,
  'anomaly-stream': `from watch import watch


def predict(values: list, limit: float = 3.0):
    found = []
    watch(values, limit, lambda index, value: found.append({"index": index, "value": value}))
    return {"anomalies": found}
`,
};

/** Examples with their own tests in test/strategies. */
const testedSeparately = new Set(['duplicate-tickets', 'spelling-service', 'ticket-triage']);
const solution = (name: string) => join(packageRoot, 'examples', name);
/** Directories that are not solutions. */
const isSolution = (name: string) => existsSync(join(solution(name), 'examples.yaml'));
const examples = readdirSync(join(packageRoot, 'examples')).filter(
  (name) => isSolution(name) && !testedSeparately.has(name),
);
const contract = (name: string) => readExampleFile(join(solution(name), 'examples.yaml'));

test.each(examples.filter((name) => adapted[name] === undefined))(
  'the example %s needs no agent and passes its contract',
  async (name) => {
    const info = await deploy({ name, solution: solution(name), agent: 'none', examples: await contract(name) });
    const count = info.contract?.examples;
    expect(info).toMatchObject({
      state: 'running',
      lastError: null,
      adaptedFiles: [],
      contract: { source: 'user', passed: count },
    });
    await (await connectOnce()).cleanup(name);
  },
  120_000,
);

test.each(Object.keys(adapted))(
  'the example %s is refused without an agent and passes its contract with one',
  async (name) => {
    const options = { name, solution: solution(name), strategy: 'local', examples: await contract(name) };
    await expect(deploy({ ...options, agent: 'none' })).rejects.toMatchObject({
      code: expect.stringMatching(/^ENTRY_(NOT_FOUND|AMBIGUOUS)$/),
    });

    const claim = '<run_interface>{"type":"function","module":"app","callable":"predict"}</run_interface>';
    model.script(write('app.py', adapted[name] ?? ''), say(claim));
    const info = await deploy({ ...options, agent: 'openai' });
    expect(info).toMatchObject({ state: 'running', adaptedFiles: ['app.py'], adaptation: { by: 'openai', rounds: 1 } });
    await (await connectOnce()).cleanup(name);
  },
);
