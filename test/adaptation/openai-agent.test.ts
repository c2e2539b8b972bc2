/** @needs git python3 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { AdapterAgent } from '../../src/adaptation/index.js';
import { AgentRegistry } from '../../src/agents/index.js';
import { openaiChat, refuse, say, startEndpoint, write } from '../agents/endpoints/index.js';
import { registerCleanup, temporaryHome } from '../support/temporary-directories.js';
import { finalMessage, someRequest, someRound } from './adaptation-request.js';

const endpoint = await startEndpoint(openaiChat);
registerCleanup(() => endpoint.close());

const home = temporaryHome();
const adapter = new AdapterAgent({
  registry: { getRecipes: async () => [], getAdapterInstruction: () => 'Make it fit.', listEntries: () => [] },
  agents: () => AgentRegistry.load(home),
  home,
  environment: { PATH: process.env.PATH, OPENAI_BASE_URL: `${endpoint.url}/v1` },
});

test('two rounds of Berth’s own agent: a result, then evidence in the same session', async () => {
  const request = { ...(await someRequest(undefined, { round: { agents: ['openai'] } })) };
  endpoint.script(write('entry.py', 'from app import predict\n'), say('Done.'), say(finalMessage));
  const events: string[] = [];
  const first = await adapter.adapt({ ...request, onEvent: ({ kind }) => events.push(kind) });
  expect(first).toMatchObject({ by: 'openai', filesChanged: ['entry.py'], rounds: 1, tokens: 3300 });
  expect(events).toContain('edit');

  const session = { agent: 'openai', id: first.sessionId as string };
  const round = someRound({ number: 2, agents: ['openai'], asksRecipes: false, session, evidence: 'it is too slow' });
  endpoint.script(write('fast.py', 'x = 1\n'), say(finalMessage));
  const second = await adapter.adapt({ ...request, round });
  expect(second).toMatchObject({ filesChanged: ['entry.py', 'fast.py'], sessionId: session.id, tokens: 2200 });
  expect(readFileSync(join(request.workspace, 'fast.py'), 'utf8')).toBe('x = 1\n');
  const last = endpoint.requests.at(-1)?.text ?? '';
  expect(last).toContain('Make it fit.');
  expect(last).toContain('it is too slow');
});

test('a rejected key makes the agent unusable', async () => {
  endpoint.script(refuse(401));
  await expect(adapter.adapt(await someRequest(undefined, { round: { agents: ['openai'] } }))).rejects.toMatchObject({
    code: 'AGENT_UNUSABLE',
    message: expect.stringContaining('rejects the key'),
  });
});
