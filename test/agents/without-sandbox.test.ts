import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { UserDefinedSettings } from '../../src/agents/agent-settings.js';
import { CommandLineAgent } from '../../src/agents/command-line-agent.js';
import { findSandbox } from '../../src/agents/index.js';
import { opencode } from '../../src/agents/opencode.js';
import { createUserDefinedProtocol } from '../../src/agents/user-defined-agent.js';
import { temporaryDirectory, temporarySolution } from '../support/temporary-directories.js';

const path = process.env.PATH;
beforeAll(() => {
  process.env.PATH = '/nowhere';
});
afterAll(() => {
  process.env.PATH = path;
});

const requestIn = (workspace: string) => ({
  prompt: 'hello',
  workspace,
  stateDirectory: temporaryDirectory('berth-agent-state-'),
  session: null,
  limits: { wallSeconds: 20, idleSeconds: 20 },
  environment: { PATH: path, OPENAI_API_KEY: 'key-of-the-test' },
});

test('an agent runs without bubblewrap, and the result says so', async () => {
  const agent = new CommandLineAgent(
    createUserDefinedProtocol('mine', UserDefinedSettings.parse({ argv: ['/bin/cat'] })),
  );
  const mechanism = 'none: bubblewrap (bwrap) is not installed';
  expect(await agent.run(requestIn(temporarySolution({ 'app.py': '' })))).toMatchObject({
    stopReason: 'finished',
    message: 'hello',
    isSandboxed: false,
    mechanism,
  });
  expect(await findSandbox()).toEqual({ isSandboxed: false, mechanism });
});

test('an agent that would run code of the repository without bubblewrap is not started', async () => {
  const agent = new CommandLineAgent(opencode, { program: '/bin/false' });
  const workspace = temporarySolution({ '.opencode/plugin/planted.js': '' });
  await expect(agent.run(requestIn(workspace))).rejects.toMatchObject({
    code: 'AGENT_UNUSABLE',
    message: expect.stringContaining(join(workspace, '.opencode')),
  });
});
