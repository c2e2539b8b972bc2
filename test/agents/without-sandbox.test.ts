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

test('without bubblewrap an agent works all the same, and the result says so', async () => {
  const agent = new CommandLineAgent(
    createUserDefinedProtocol('mine', UserDefinedSettings.parse({ argv: ['/bin/cat'] })),
  );
  const by = 'none: bubblewrap (bwrap) is not installed';
  expect(await agent.run(requestIn(temporarySolution({ 'app.py': '' })))).toMatchObject({
    stopReason: 'finished',
    message: 'hello',
    isSandboxed: false,
    by,
  });
  expect(await findSandbox()).toEqual({ isSandboxed: false, by });
});

test('an agent that only bubblewrap keeps from running the repository’s code is not started without it', async () => {
  const agent = new CommandLineAgent(opencode, { program: '/bin/false' });
  const workspace = temporarySolution({ '.opencode/plugin/planted.js': '' });
  await expect(agent.run(requestIn(workspace))).rejects.toMatchObject({
    code: 'AGENT_UNUSABLE',
    message: expect.stringContaining(join(workspace, '.opencode')),
  });
});
