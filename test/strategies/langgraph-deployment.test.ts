/** @needs git python3 uv temporal */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { readExampleFile } from '../../src/adaptation/index.js';
import { DeployedSoftware } from '../../src/factory/deployed-software.js';
import { revisionDirectory } from '../../src/home/home.js';
import { packageRoot } from '../../src/home/package-root.js';
import { findMarkedProcesses } from '../../src/processes/marked-processes.js';
import { connectOnce, deploy } from '../support/deployments.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();
const solution = join(packageRoot, 'examples', 'ticket-triage');

beforeAll(async () => {
  await connectOnce();
});

test('the example ticket-triage selects langgraph, passes its contract, answers, stops, starts and is cleaned up', async () => {
  const examples = await readExampleFile(join(solution, 'examples.yaml'));
  const info = await deploy({ name: 'ticket-triage', solution, agent: 'none', examples });
  expect(info).toMatchObject({
    state: 'running',
    strategy: 'langgraph',
    endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    adaptedFiles: [],
    contract: { source: 'user', examples: 3, passed: 3 },
  });
  const client = await connectOnce();
  const ask = async () => {
    const software = await DeployedSoftware.open('ticket-triage');
    const answer = await software.run({ text: 'Please refund this invoice.' });
    await software.close();
    return answer;
  };
  expect(await ask()).toMatchObject({ status: 'success', output: { topic: 'billing', urgent: false } });
  await client.stop('ticket-triage');
  await expect(ask()).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  await client.start('ticket-triage');
  expect(await ask()).toMatchObject({ status: 'success' });
  const { state: stateDirectory } = revisionDirectory(home, 'ticket-triage', 'r1');
  expect(findMarkedProcesses({ stateDirectory })).toHaveLength(1);
  await client.cleanup('ticket-triage');
  expect(findMarkedProcesses({ stateDirectory })).toEqual([]);
  expect(existsSync(stateDirectory)).toBe(false);
});

test('a deployment has notes on graphs that its start left out', async () => {
  const graph = (first: string) =>
    `${first}\nfrom typing import TypedDict\nfrom langgraph.graph import StateGraph\nclass State(TypedDict, total=False):\n    text: str\ndef shout(state):\n    return {"text": state["text"].upper()}\ngraph = StateGraph(State).add_node(shout).add_edge("__start__", "shout").compile()\n`;
  const several = temporarySolution({
    'called.py': graph(''),
    'broken.py': graph('raise ConnectionError("no model")'),
    'langgraph.json':
      '{"dependencies": ["."], "graphs": {"called": "./called.py:graph", "broken": "./broken.py:graph"}}',
  });
  const options = {
    name: 'several',
    solution: several,
    strategy: 'langgraph',
    agent: 'none',
    entry: 'called',
  } as const;
  const info = await deploy(options);
  expect(info).toMatchObject({ state: 'running', strategy: 'langgraph' });
  expect(info.notes).toContain('The graph broken of langgraph.json cannot be loaded (no model): it is not served.');
  await (await connectOnce()).cleanup('several');
});
