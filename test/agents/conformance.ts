import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Agent, AgentEvent, AgentRequest, AgentResult } from '../../src/agents/index.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import {
  hang,
  refuse,
  run,
  type ScriptedEndpoint,
  say,
  startEndpoint,
  tokensPerReply,
  type Wire,
  write,
} from './endpoints/index.js';
import { findByCommandLine } from './find-by-command-line.js';
import { createHostileRepository, plantedInstruction } from './hostile-repository.js';
import { agentPath } from './installed-agents.js';

export interface Subject {
  /** Has prices of 1 and 2 dollars per million tokens, unless the agent reports its cost. */
  agent: Agent;
  wire: Wire;
  /** Returns the agent's variables for an endpoint. */
  environment: (url: string) => Record<string, string>;
  /** Variable that holds the key. */
  key: string;
  /** False for aider. */
  runsCommands: boolean;
  /** Program that the agent needs; null for none. */
  program: string | null;
  /** True when the agent reports usage while it runs, so that a budget can end it. */
  reportsUsage: boolean;
  /** True when prompts contain the repository's files, including the planted ones. */
  sendsFiles?: boolean;
  /** Dollars of one scripted reply. */
  costOfReply: number;
  /** Seconds that the agent takes to start; the idle limit of the test for it. */
  startSeconds: number;
}

const canary = `canary-${Math.random().toString(36).slice(2)}`;
const keyValue = 'key-of-the-test-0123456789';
const answer = 'All done. <run_interface>{"type": "function", "module": "main", "callable": "predict"}</run_interface>';

/** Declares the tests that every coding agent passes. */
export function describeConformance(subject: Subject): void {
  describe(`the agent ${subject.agent.name}`, () => {
    let endpoint: ScriptedEndpoint;
    const workspace = createHostileRepository();
    const stateDirectory = temporaryDirectory('berth-agent-state-');
    const outside = temporaryDirectory('berth-outside-');
    const events: AgentEvent[] = [];
    let first: AgentResult;

    const runAgent = (prompt: string, changes: Partial<AgentRequest> = {}): Promise<AgentResult> =>
      subject.agent.run({
        prompt,
        workspace,
        stateDirectory,
        session: null,
        limits: { wallSeconds: 100, idleSeconds: 60 },
        environment: { ...process.env, PATH: agentPath, [subject.key]: keyValue, ...subject.environment(endpoint.url) },
        hiddenPaths: [join(outside, 'held-back')],
        onEvent: (event) => events.push(event),
        ...changes,
      });

    beforeAll(async () => {
      endpoint = await startEndpoint(subject.wire);
      process.env.BERTH_TEST_CANARY = canary;
      mkdirSync(join(outside, 'held-back'));
      writeFileSync(join(outside, 'held-back', 'example.json'), 'held back');
    });
    afterAll(async () => {
      delete process.env.BERTH_TEST_CANARY;
      await endpoint.close();
    });

    test('writes a file, runs a command and answers in tags', async () => {
      const command = `env > seen-environment; cat '${outside}/held-back/example.json' > seen-example; touch '${outside}/touched'; true`;
      endpoint.script(write('main.py', 'def predict(x):\n    return x\n'), run(command), say(answer));
      const sessions: string[] = [];
      first = await runAgent('FIRST-PROMPT: adapt this.', { onSession: (session) => sessions.push(session) });
      expect(first).toMatchObject({ stopReason: 'finished', error: null, retryAfterSeconds: null });
      expect(first.message).toContain(answer);
      expect(readFileSync(join(workspace, 'main.py'), 'utf8')).toBe('def predict(x):\n    return x\n');
      expect(sessions).toEqual([first.session]);
      expect(existsSync(join(workspace, 'seen-environment'))).toBe(subject.runsCommands);
    });

    test('reports its usage, its cost and its actions', () => {
      const replies = subject.runsCommands ? 3 : 1;
      expect(first.turns).toBe(replies);
      expect(first.usage).toEqual({
        inputTokens: replies * tokensPerReply.input,
        outputTokens: replies * tokensPerReply.output,
      });
      expect(first.cost).toBeCloseTo(replies * subject.costOfReply, 6);
      const actions = events.map(({ kind, text }) => `${kind}: ${text}`).join('\n');
      expect(actions).toContain('main.py');
      expect(actions).toContain(answer);
      if (subject.runsCommands) expect(actions).toContain('seen-environment');
    });

    test('sees only its own environment and changes only its workspace', () => {
      const sent = endpoint.requests.map((request) => JSON.stringify(request)).join('\n');
      const stored = [workspace, stateDirectory].map(readAll).join('\n');
      const reported = JSON.stringify([events, first]);
      // The search finds expected text …
      expect(sent).toContain('FIRST-PROMPT');
      expect(stored).toContain('def predict');
      // … but neither the canary nor, except in requests, the key.
      for (const text of [sent, stored, reported]) expect(text).not.toContain(canary);
      expect(reported).not.toContain(keyValue);
      if (!subject.sendsFiles) expect(sent).not.toContain(plantedInstruction);
      expect(readdirSync(workspace).filter((name) => name.startsWith('hijacked'))).toEqual([]);
      expect(existsSync(join(stateDirectory, 'tmp'))).toBe(false);
      if (!subject.runsCommands) return;
      const seen = readFileSync(join(workspace, 'seen-environment'), 'utf8');
      expect(seen).toMatch(/^BERTH_AGENT_RUN=/m);
      expect(seen).toMatch(new RegExp(`^HOME=${stateDirectory}/`, 'm'));
      expect(existsSync(join(outside, 'touched'))).toBe(!first.isSandboxed);
      expect(readFileSync(join(workspace, 'seen-example'), 'utf8')).toBe(first.isSandboxed ? '' : 'held back');
    });

    test('continues its session after a temporary 429', async () => {
      const previousCount = endpoint.requests.length;
      endpoint.script(refuse(429, 1), say('Fixed.'));
      const second = await runAgent('SECOND-PROMPT: this failed.', { session: first.session });
      expect(second).toMatchObject({ stopReason: 'finished', session: first.session });
      expect(second.message).toContain('Fixed.');
      expect(second.usage).toEqual({ inputTokens: tokensPerReply.input, outputTokens: tokensPerReply.output });
      expect(second.cost).toBeCloseTo(subject.costOfReply, 6);
      const sent = endpoint.requests.slice(previousCount).map(({ text }) => text);
      expect(sent.some((text) => text.includes('FIRST-PROMPT') && text.includes('SECOND-PROMPT'))).toBe(true);
    });

    test('ends all of its processes on an abort', async () => {
      // A unique duration identifies this test's processes.
      const duration = `9${Math.floor(Math.random() * 1e6)}.25`;
      const stubborn = `trap '' TERM INT HUP; sleep ${duration} & while :; do wait; done`;
      const command = `setsid sh -c "${stubborn}" >/dev/null 2>&1 & touch started; trap '' TERM INT; sleep ${duration}`;
      endpoint.script(subject.runsCommands ? run(command) : hang());
      const abort = new AbortController();
      const previousCount = endpoint.requests.length;
      const running = runAgent('Run it.', { signal: abort.signal });
      const hasStarted = (): boolean =>
        subject.runsCommands ? existsSync(join(workspace, 'started')) : endpoint.requests.length > previousCount;
      await waitUntil(hasStarted);
      if (subject.runsCommands) await waitUntil(() => findByCommandLine(duration).length > 0);
      abort.abort();
      expect(await running).toMatchObject({ stopReason: 'aborted', error: 'the agent was stopped on request' });
      expect(findByCommandLine(duration)).toEqual([]);
      expect(findByCommandLine(stateDirectory)).toEqual([]);
    });

    if (subject.reportsUsage)
      test('stops at its budget and reports its usage', async () => {
        endpoint.script(...Array.from({ length: 20 }, (_, index) => run(`sleep 1; echo ${index}`)));
        const previousCount = endpoint.requests.length;
        const limits = { wallSeconds: 100, idleSeconds: 60, tokens: 2000 };
        const result = await runAgent('Go on and on.', { limits });
        expect(result).toMatchObject({
          stopReason: 'budget',
          error: 'the agent was stopped at its budget of 2000 tokens',
        });
        expect(result.usage.inputTokens).toBeGreaterThanOrEqual(2 * tokensPerReply.input);
        expect(endpoint.requests.length - previousCount).toBeLessThan(10);
      });

    test('reports a refused key', async () => {
      endpoint.script(...Array.from({ length: 12 }, () => refuse(401)));
      const previousCount = endpoint.requests.length;
      const result = await runAgent('Try.');
      expect(result).toMatchObject({ stopReason: 'unauthorized', message: '' });
      expect(result.error).toMatch(/401|API key/);
      expect(endpoint.requests.length - previousCount).toBeLessThanOrEqual(4);
    });

    test('stops when the endpoint hangs', async () => {
      endpoint.script(hang(), hang(), hang());
      const started = Date.now();
      const idleSeconds = subject.startSeconds;
      const result = await runAgent('Wait.', { limits: { wallSeconds: 100, idleSeconds } });
      expect(result.stopReason).toBe('idle');
      expect(result.error).toBe(`the agent was stopped after ${idleSeconds} s without activity`);
      expect(Date.now() - started).toBeLessThan((idleSeconds + 60) * 1000);
    });

    test('reports a lost session', async () => {
      const session = '00000000-1111-4222-8333-444444444444';
      endpoint.script(say('Never asked.'));
      expect(await runAgent('Go on.', { session })).toMatchObject({ stopReason: 'session-lost', session: null });
    });

    test('refuses to start without its program or its key', async () => {
      const environment = subject.program === null ? {} : { PATH: '/nowhere' };
      const failure = await runAgent('Try.', { environment }).catch((error) => error);
      expect(failure).toMatchObject({ code: 'AGENT_UNUSABLE' });
      if (subject.program !== null) expect(failure.message).toContain(`the program ${subject.program}`);
      expect(failure.message).toContain(subject.key);
    });
  });
}

async function waitUntil(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('the condition did not become true within 40 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Reads all files of a directory as one text, including the ASCII parts of binary files. */
function readAll(directory: string): string {
  const paths = readdirSync(directory, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const files = paths
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size < 30_000_000);
  return files.map((file) => readFileSync(file, 'latin1')).join('\n');
}
