import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { AgentRegistry, automaticOrder } from '../../src/agents/index.js';
import { temporaryHome } from '../support/temporary-directories.js';

const bare = { PATH: '/nowhere' };

function homeWith(config: string) {
  const home = temporaryHome();
  writeFileSync(join(home.root, 'config.yaml'), config);
  return home;
}

test('the registry lists the six built-in agents in the order of auto', async () => {
  const registry = await AgentRegistry.load(temporaryHome());
  expect(registry.listAgents()).toEqual([...automaticOrder]);
  expect(automaticOrder).toEqual(['claude-code', 'codex', 'gemini', 'opencode', 'openai', 'aider']);
});

test('each description names what the agent lacks', async () => {
  const registry = await AgentRegistry.load(temporaryHome());
  const described = await registry.describeAgents(bare);
  expect(described.map(({ name, missing }) => `${name}: ${missing.join(', ')}`)).toEqual([
    'claude-code: the program claude, ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN or CLAUDE_CODE_OAUTH_TOKEN',
    'codex: the program codex, CODEX_API_KEY or OPENAI_API_KEY',
    'gemini: the program gemini, GEMINI_API_KEY',
    'opencode: the program opencode, OPENAI_API_KEY',
    'openai: OPENAI_API_KEY or OPENAI_BASE_URL',
    'aider: the program aider, OPENAI_API_KEY',
  ]);
});

test('an agent with an outdated program is unusable', async () => {
  const home = temporaryHome();
  const old = join(home.root, 'codex');
  writeFileSync(old, '#!/bin/sh\necho codex-cli 0.99.1\n');
  chmodSync(old, 0o755);
  writeFileSync(join(home.root, 'config.yaml'), `agents:\n  codex:\n    program: ${old}\n`);
  const described = await (await AgentRegistry.load(home)).describeAgents({
    PATH: '/bin:/usr/bin',
    OPENAI_API_KEY: 'k',
  });
  expect(described.find(({ name }) => name === 'codex')).toMatchObject({
    isUsable: false,
    version: '0.99.1',
    missing: [`codex 0.169.0 or newer (${old} is 0.99.1)`],
  });
});

test('auto chooses the first usable agent and names the agents it skipped', async () => {
  const registry = await AgentRegistry.load(temporaryHome());
  const chosen = await registry.chooseAgent(['auto'], { ...bare, OPENAI_API_KEY: 'k' });
  expect(chosen.agent.name).toBe('openai');
  expect(chosen.reason).toContain('claude-code lacks the program claude');
});

test('a list of agents is tried in order, and an error says why none is usable', async () => {
  const registry = await AgentRegistry.load(temporaryHome());
  const chosen = await registry.chooseAgent(['aider', 'openai'], { ...bare, OPENAI_BASE_URL: 'http://local' });
  expect(chosen).toMatchObject({ agent: { name: 'openai' }, description: { model: 'gpt-5.5' } });
  const failure = registry.chooseAgent(['aider'], bare);
  await expect(failure).rejects.toMatchObject({
    code: 'AGENT_UNUSABLE',
    message: expect.stringContaining('OPENAI_API_KEY'),
  });
  await expect(registry.chooseAgent(['adier'], bare)).rejects.toMatchObject({ code: 'AGENT_UNKNOWN' });
});

test('user-defined agents come first, and settings apply to built-in agents', async () => {
  const config = 'agents:\n  mine:\n    argv: [/bin/sh, "{prompt_file}"]\n  openai:\n    model: local-model\n';
  const registry = await AgentRegistry.load(homeWith(config));
  expect(registry.listAgents()).toEqual(['mine', ...automaticOrder]);
  expect((await registry.chooseAgent(['auto'], bare)).description).toMatchObject({ name: 'mine', origin: 'user' });
  expect(await registry.getAgent('openai').describe(bare)).toMatchObject({ model: 'local-model' });
});

test.each([
  ['agents:\n  mine:\n    argv: []\n', ':3: agents.mine.argv: '],
  ['agents:\n  mine:\n    argv: [x]\n    shell: true\n', ':4: agents.mine.shell: unknown key'],
  ['agents:\n  codex:\n    argv: [x]\n', ':3: agents.codex.argv: unknown key'],
  ['agents:\n\n  Mine:\n    argv: [x]\n', ':3: agents.Mine: use lowercase letters'],
  ['agents:\n  mine:\n    argv: [x]\n    prices: {input: -1, output: 1}\n', ':4: agents.mine.prices.input: '],
  ['agent: {}\n', ':1: agent: unknown key'],
  ['agents: [\n', ':2: '],
])('an error names the line of a mistake in config.yaml: %j', async (config, expected) => {
  const failure = await AgentRegistry.load(homeWith(config)).catch((error) => error);
  expect(failure).toMatchObject({ code: 'AGENT_CONFIG' });
  expect(failure.message).toContain(`config.yaml${expected}`);
});
