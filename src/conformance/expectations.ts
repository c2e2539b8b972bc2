import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../contract/answer.js';
import type { Resources } from '../contract/resources.js';
import type { Health, Runner } from '../runners/runner.js';
import type { Conformance } from './conformance.js';

/** Compares two values as JSON, which omits undefined members. */
export function expectEqual(actual: unknown, expected: unknown): void {
  assert.deepEqual(asJson(actual), asJson(expected));
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

/** Expects these keys with these values. Ignores others. */
export function expectKeys(actual: object, expected: Record<string, unknown>): void {
  const record = actual as Record<string, unknown>; // only reads the expected keys
  expectEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, record[key]])), expected);
}

export function expectOutput(answer: Answer, output: unknown): void {
  expectEqual(answer, { status: 'success', output });
}

export function expectText(text: string | undefined, part: string): void {
  assert.ok(text?.includes(part), `${JSON.stringify(text)} does not contain ${JSON.stringify(part)}`);
}

export function expectNone(remaining: string[]): void {
  assert.deepEqual([...remaining], [], `still present: ${remaining.join(', ')}`);
}

/** Expects that less than this time has passed since `startedAt`. */
export function expectWithin(milliseconds: number, startedAt: number): void {
  const duration = Date.now() - startedAt;
  assert.ok(duration < milliseconds, `it took ${duration} ms, but may take ${milliseconds} ms`);
}

export function requireFailure(answer: Answer): { code: string; message: string; type?: string; traceback?: string } {
  if (answer.status === 'error') return answer.error as ReturnType<typeof requireFailure>; // `type` and `traceback` are extra keys
  throw new assert.AssertionError({ message: `the call succeeded: ${JSON.stringify(answer)}` });
}

export function expectFailure(answer: Answer, ...codes: string[]): void {
  const { code, message } = requireFailure(answer);
  assert.ok(codes.includes(code), `the error is ${code} (${message}), and must be ${codes.join(' or ')}`);
}

/** Expects ready software, within `timeout` milliseconds. Checks five times, because an ending process may answer once. */
export async function expectHealthy(runner: Runner, timeout = 0): Promise<void> {
  let ready = 0;
  for (const deadline = Date.now() + timeout; ready < 5 && Date.now() < deadline; await sleep(200))
    ready = (await runner.isHealthy()).isHealthy ? ready + 1 : 0;
  expectKeys(await runner.isHealthy(), { isHealthy: true, state: 'ready' });
}

export async function expectUnhealthy(runner: Runner, state: Health['state']): Promise<void> {
  expectKeys(await runner.isHealthy(), { isHealthy: false, state });
}

/** Reads at most `maxLines` lines. */
export async function readLines(lines: AsyncIterable<string>, maxLines = Number.POSITIVE_INFINITY): Promise<string[]> {
  const result: string[] = [];
  for await (const line of lines) {
    result.push(line);
    if (result.length >= maxLines) break;
  }
  return result;
}

/** Runs `body` with a runner of a separate revision. Undoes it, and expects that nothing remains. */
export async function withRevision(
  { RunnerClass, createPlan, listRemaining }: Conformance,
  { revision, timeout, resources }: { revision: string; timeout: number; resources?: Resources },
  body: (runner: Runner, plan: Awaited<ReturnType<typeof createPlan>>) => Promise<unknown>,
): Promise<void> {
  const defaultPlan = await createPlan(revision, timeout);
  const plan = resources === undefined ? defaultPlan : { ...defaultPlan, resources };
  const runner = new RunnerClass(plan);
  try {
    await body(runner, plan);
  } finally {
    await runner.undo();
  }
  expectNone(await listRemaining(plan));
}
