import { expect, test } from '@jest/globals';
import type { DeployConfig } from '../../../src/contract/index.js';
import { BerthError } from '../../../src/errors.js';
import {
  addSpending,
  createFirstRound,
  createNextRound,
  createResumedRound,
  isNextRoundAllowed,
  parseAgents,
} from '../../../src/workflows/revision/rounds.js';

const config: DeployConfig = {
  name: 'a',
  solution: { path: '/a' },
  strategy: 'auto',
  agent: 'codex,claude-code',
  rounds: 2,
  env: [],
  resources: {},
  examples: [],
  timeout: 60,
  bake: 60,
  drain: 30,
  keep: 5,
};
const failed = new BerthError('CONTRACT_FAILED', '1 of 2 examples failed', { evidence: 'expected 2, got 1' });

test('the agent option is a list to try in order, and `none` is empty', () => {
  expect(parseAgents('codex, claude-code')).toEqual(['codex', 'claude-code']);
  expect(parseAgents('none')).toEqual([]);
});

test('the next round gets the evidence and keeps the session', () => {
  const round = { ...createFirstRound(config), session: { agent: 'codex', id: 's1' } };
  const next = createNextRound(round, failed.toRecord());
  expect(next).toMatchObject({ number: 2, session: round.session, asksRecipes: false });
  expect(next.evidence).toContain('expected 2, got 1');
});

test('another round is allowed until rounds or dollars are used up', () => {
  const round = createFirstRound(config);
  expect(isNextRoundAllowed(round)).toBe(true);
  expect(isNextRoundAllowed({ ...round, spent: { rounds: 2, dollars: 0, tokens: 0 } })).toBe(false);
  expect(isNextRoundAllowed({ ...round, agents: [] })).toBe(false);
  const bounded = { ...round, budget: { rounds: 2, dollars: 0.5 } };
  expect(isNextRoundAllowed({ ...bounded, spent: { rounds: 1, dollars: 0.5, tokens: 0 } })).toBe(false);
  expect(isNextRoundAllowed({ ...bounded, spent: { rounds: 1, dollars: 0.4, tokens: 0 } })).toBe(true);
});

test('the spending of failed rounds is summed, and other details are ignored', () => {
  const spent = addSpending(
    { rounds: 1, dollars: 0.25, tokens: 10 },
    { rounds: 1, dollars: 0.5, tokens: 5, evidence: 'x' },
  );
  expect(spent).toEqual({ rounds: 2, dollars: 0.75, tokens: 15 });
  expect(addSpending(spent, { path: '/a' })).toEqual(spent);
});

test('a resumption continues the session of the same agent, and gives another agent the evidence', () => {
  const round = { ...createFirstRound(config), session: { agent: 'codex', id: 's1' } };
  const failure = { evidence: 'expected 2, got 1', defaultRounds: 2 };
  expect(createResumedRound(round, { hint: 'use argmax' }, failure)).toMatchObject({
    session: round.session,
    hint: 'use argmax',
    evidence: 'expected 2, got 1',
    learned: null,
  });
  expect(createResumedRound(round, { agent: 'aider' }, failure)).toMatchObject({
    agents: ['aider'],
    session: null,
    learned: 'expected 2, got 1',
  });
});

test('a resumption with another strategy starts from the source, recipes first', () => {
  const resumed = createResumedRound(
    createFirstRound(config),
    { strategy: 'docker' },
    { evidence: 'x', defaultRounds: 2 },
  );
  expect(resumed).toMatchObject({ asksRecipes: true, evidence: null, session: null, learned: 'x' });
});

test('a change that failed before its adaptation continues with the recipes', () => {
  const failure = { evidence: null, defaultRounds: 2 };
  expect(createResumedRound(createFirstRound(config), {}, failure)).toMatchObject({ asksRecipes: true });
  expect(createResumedRound(createFirstRound(config), { agent: 'none' }, failure)).toMatchObject({
    asksRecipes: false,
  });
});

test('a resumption allows more rounds beyond the used ones', () => {
  const round = { ...createFirstRound(config), spent: { rounds: 2, dollars: 1, tokens: 0 } };
  const failure = { evidence: null, defaultRounds: 2 };
  expect(createResumedRound(round, {}, failure).budget).toEqual({ rounds: 4, dollars: null });
  expect(createResumedRound(round, { rounds: 1, budget: 3 }, failure).budget).toEqual({ rounds: 3, dollars: 3 });
});
