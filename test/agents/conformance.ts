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
  /** With prices of 1 and 2 dollars per million tokens, where the agent does not say the cost itself. */
  agent: Agent;
  wire: Wire;
  /** The agent's own variables for an endpoint. */
  environment: (url: string) => Record<string, string>;
  /** The variable that holds the key. */
  key: string;
  /** It runs commands; aider does not. */
  runsCommands: boolean;
  /** It needs a program, whose lack is told. */
  program: string | null;
  /** What it has used up shows while it runs, so that a budget can end it. */
  showsUse: boolean;
  /** It sends the repository's files along, the planted ones too, as text. */
  sendsFiles?: boolean;
  /** Dollars of one reply of the script. */
  costOfReply: number;
  /** Seconds that it takes to start; the idle limit of the test that waits it out is this long. */
  startSeconds: number;
}

const canary = `canary-${Math.random().toString(36).slice(2)}`;
const keyValue = 'key-of-the-test-0123456789';
const answer = 'All done. <run_interface>{"type": "function", "module": "main", "callable": "predict"}</run_interface>';

/** The one suite that every coding agent passes. */
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

    test('says what it used, what it cost and what it did', () => {
      const replies = subject.runsCommands ? 3 : 1;
      expect(first.turns).toBe(replies);
      expect(first.usage).toEqual({
        inputTokens: replies * tokensPerReply.input,
        outputTokens: replies * tokensPerReply.output,
      });
      expect(first.cost).toBeCloseTo(replies * subject.costOfReply, 6);
      const told = events.map(({ kind, text }) => `${kind}: ${text}`).join('\n');
      expect(told).toContain('main.py');
      expect(told).toContain(answer);
      if (subject.runsCommands) expect(told).toContain('seen-environment');
    });

    test('stays in its environment and its workspace', () => {
      const sent = endpoint.requests.map((request) => JSON.stringify(request)).join('\n');
      const kept = [workspace, stateDirectory].map(readAll).join('\n');
      const told = JSON.stringify([events, first]);
      // The search finds what is there …
      expect(sent).toContain('FIRST-PROMPT');
      expect(kept).toContain('def predict');
      // … and neither the canary nor, but for requests, the key.
      for (const text of [sent, kept, told]) expect(text).not.toContain(canary);
      expect(told).not.toContain(keyValue);
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

    test('continues its session, through a 429 that ends', async () => {
      const before = endpoint.requests.length;
      endpoint.script(refuse(429, 1), say('Mended.'));
      const second = await runAgent('SECOND-PROMPT: this failed.', { session: first.session });
      expect(second).toMatchObject({ stopReason: 'finished', session: first.session });
      expect(second.message).toContain('Mended.');
      expect(second.usage).toEqual({ inputTokens: tokensPerReply.input, outputTokens: tokensPerReply.output });
      expect(second.cost).toBeCloseTo(subject.costOfReply, 6);
      const sent = endpoint.requests.slice(before).map(({ text }) => text);
      expect(sent.some((text) => text.includes('FIRST-PROMPT') && text.includes('SECOND-PROMPT'))).toBe(true);
    });

    test('obeys the abort, with all that it started', async () => {
      // A duration of its own tells this test's processes from all others.
      const duration = `9${Math.floor(Math.random() * 1e6)}.25`;
      const stubborn = `trap '' TERM INT HUP; sleep ${duration} & while :; do wait; done`;
      const command = `setsid sh -c "${stubborn}" >/dev/null 2>&1 & touch started; trap '' TERM INT; sleep ${duration}`;
      endpoint.script(subject.runsCommands ? run(command) : hang());
      const abort = new AbortController();
      const before = endpoint.requests.length;
      const running = runAgent('Run it.', { signal: abort.signal });
      const hasStarted = (): boolean =>
        subject.runsCommands ? existsSync(join(workspace, 'started')) : endpoint.requests.length > before;
      await waitUntil(hasStarted);
      if (subject.runsCommands) await waitUntil(() => findByCommandLine(duration).length > 0);
      abort.abort();
      expect(await running).toMatchObject({ stopReason: 'aborted', error: 'it was stopped on request' });
      expect(findByCommandLine(duration)).toEqual([]);
      expect(findByCommandLine(stateDirectory)).toEqual([]);
    });

    if (subject.showsUse)
      test('is stopped at its budget, and says what was spent', async () => {
        endpoint.script(...Array.from({ length: 20 }, (_, index) => run(`sleep 1; echo ${index}`)));
        const before = endpoint.requests.length;
        const limits = { wallSeconds: 100, idleSeconds: 60, tokens: 2000 };
        const result = await runAgent('Go on and on.', { limits });
        expect(result).toMatchObject({ stopReason: 'budget', error: 'it was stopped at its budget of 2000 tokens' });
        expect(result.usage.inputTokens).toBeGreaterThanOrEqual(2 * tokensPerReply.input);
        expect(endpoint.requests.length - before).toBeLessThan(10);
      });

    test('fails clearly on a refused key', async () => {
      endpoint.script(...Array.from({ length: 12 }, () => refuse(401)));
      const before = endpoint.requests.length;
      const result = await runAgent('Try.');
      expect(result).toMatchObject({ stopReason: 'unauthorized', message: '' });
      expect(result.error).toMatch(/401|API key/);
      expect(endpoint.requests.length - before).toBeLessThanOrEqual(4);
    });

    test('gives up on an endpoint that hangs', async () => {
      endpoint.script(hang(), hang(), hang());
      const started = Date.now();
      const idleSeconds = subject.startSeconds;
      const result = await runAgent('Wait.', { limits: { wallSeconds: 100, idleSeconds } });
      expect(result.stopReason).toBe('idle');
      expect(result.error).toBe(`it was stopped after ${idleSeconds} s without a sign of work`);
      expect(Date.now() - started).toBeLessThan((idleSeconds + 60) * 1000);
    });

    test('says when its session is lost', async () => {
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
    if (Date.now() > deadline) throw new Error('it did not happen within 40 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** All files below, as one text; what is no text shows its ASCII parts, too. */
function readAll(directory: string): string {
  const paths = readdirSync(directory, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const files = paths
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size < 30_000_000);
  return files.map((file) => readFileSync(file, 'latin1')).join('\n');
}
