/** @needs git python3 uv temporal claude */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { deploymentDirectory } from '../../src/home/home.js';
import {
  anthropicMessages,
  hang,
  type ScriptedEndpoint,
  say,
  startEndpoint,
  write,
} from '../agents/endpoints/index.js';
import { agentPath } from '../agents/installed-agents.js';
import { connectOnce, deploy, startDeployment, waitForState } from '../support/deployments.js';
import { registerCleanup, temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

// The real Claude Code in complete deployments; only the model is a script.

const greeter = 'class Greeter:\n    def __init__(self, greeting):\n        self.greeting = greeting\n';
const good =
  'from greeter import Greeter\n\n\ndef predict(name: str):\n    return f"{Greeter(\'Hello\').greeting}, {name}"\n';
const wrong = good.replace('{name}"', 'you"');
const claim = say('<run_interface>{"type":"function","module":"app","callable":"predict"}</run_interface>');
const options = (name: string) => ({
  name,
  solution: temporarySolution({ 'greeter.py': greeter }),
  strategy: 'local',
  agent: 'claude-code',
  examples: [{ input: { name: 'Ada' }, output: 'Hello, Ada', match: 'exact' as const }],
});

describe('a deployment by a command-line agent', () => {
  const home = temporaryStack();
  let model: ScriptedEndpoint;

  beforeAll(async () => {
    model = await startEndpoint(anthropicMessages);
    registerCleanup(() => model.close());
    Object.assign(process.env, {
      PATH: agentPath,
      ANTHROPIC_BASE_URL: model.url,
      ANTHROPIC_API_KEY: 'scripted',
      ANTHROPIC_MODEL: 'claude-sonnet-4-5',
    });
  });

  test('is repaired in the same session, and its cost is summed', async () => {
    model.script(write('app.py', wrong), claim, write('app.py', good), claim);
    const info = await deploy(options('repaired'));
    expect(info).toMatchObject({ state: 'running', adaptation: { by: 'claude-code', rounds: 2 } });
    expect(info.adaptation?.cost).toBeGreaterThan(0);
    const paid = info.steps.map(({ dollars = 0 }) => dollars);
    expect(paid.filter((dollars) => dollars > 0)).toHaveLength(2);
    expect(paid.reduce((sum, dollars) => sum + dollars)).toBeCloseTo(info.adaptation?.cost ?? 0, 6);
    expect(readFileSync(deploymentDirectory(home, 'repaired').agentLog, 'utf8')).toContain('"agent":"claude-code"');
    await (await connectOnce()).cleanup('repaired');
  });

  test('asks the agent again at a redeploy only if its change does not fit the new source', async () => {
    model.script(write('app.py', good), claim);
    const { solution, ...rest } = options('carried');
    await deploy({ ...rest, solution });
    const before = model.requests.length;
    writeFileSync(join(solution, 'greeter.py'), `${greeter}\n# a newer one\n`);
    const client = await connectOnce();
    const redeploy = async () => {
      const { id } = await client.redeploy('carried', { changes: {}, isForced: false });
      return await client.followChange('carried', id, () => {});
    };
    expect(await redeploy()).toMatchObject({
      revision: 'r2',
      adaptedFiles: ['app.py'],
      adaptation: { by: 'claude-code', rounds: 0, cost: 0, summary: expect.stringContaining('reapplied the change') },
    });
    expect(model.requests.length).toBe(before);

    writeFileSync(join(solution, 'app.py'), '"""To be filled."""\n');
    const other = say('<run_interface>{"type":"function","module":"other","callable":"predict"}</run_interface>');
    model.script(write('other.py', good), other);
    expect(await redeploy()).toMatchObject({ revision: 'r3', adaptation: { by: 'claude-code', rounds: 1 } });
    await client.cleanup('carried');
  });

  test('continues after its process is killed in the second round', async () => {
    const listRequests = () =>
      model.requests.filter(({ method, path }) => method === 'POST' && path.includes('/messages'));
    const before = listRequests().length;
    model.script(write('app.py', wrong), claim, hang());
    await startDeployment(options('killed'));
    while (listRequests().length < before + 3) await new Promise((resolve) => setTimeout(resolve, 20));
    model.script(write('app.py', good), claim);
    for (const pid of findMarked(deploymentDirectory(home, 'killed').agent)) process.kill(pid, 'SIGKILL');
    expect(await waitForState('killed', 'running', 'waiting')).toMatchObject({ state: 'running' });
    await (await connectOnce()).cleanup('killed');
  });
});

/** Lists processes with their home in the directory: the agent's program and its children. */
function findMarked(directory: string): number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.filter((pid) => readEnvironment(pid).includes(directory)).map(Number);
}

function readEnvironment(pid: string): string {
  try {
    return readFileSync(join('/proc', pid, 'environ'), 'utf8');
  } catch {
    return '';
  }
}
