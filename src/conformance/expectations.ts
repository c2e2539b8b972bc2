import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../contract/answer.js';
import type { Resources } from '../contract/resources.js';
import type { Health, Runner } from '../runners/runner.js';
import type { Conformance } from './conformance.js';

/** Equal as JSON: what is undefined is absent. */
export function expectEqual(actual: unknown, expected: unknown): void {
  assert.deepEqual(asJson(actual), asJson(expected));
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

/** The value has these keys with these values; others do not matter. */
export function expectKeys(actual: object, expected: Record<string, unknown>): void {
  const found = actual as Record<string, unknown>; // looked at key by key
  expectEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]])), expected);
}

export function expectOutput(answer: Answer, output: unknown): void {
  expectEqual(answer, { status: 'success', output });
}

export function expectText(text: string | undefined, part: string): void {
  assert.ok(text?.includes(part), `${JSON.stringify(text)} does not hold ${JSON.stringify(part)}`);
}

export function expectNone(remains: string[]): void {
  assert.deepEqual([...remains], [], `still there: ${remains.join(', ')}`);
}

/** What began then has taken less than so many milliseconds. */
export function expectWithin(milliseconds: number, begun: number): void {
  const taken = Date.now() - begun;
  assert.ok(taken < milliseconds, `it took ${taken} ms, and may take ${milliseconds} ms`);
}

export function requireFailure(answer: Answer): { code: string; message: string; type?: string; traceback?: string } {
  if (answer.status === 'error') return answer.error as ReturnType<typeof requireFailure>; // `type` and `traceback` are extra keys
  throw new assert.AssertionError({ message: `the call succeeded: ${JSON.stringify(answer)}` });
}

export function expectFailure(answer: Answer, ...codes: string[]): void {
  const { code, message } = requireFailure(answer);
  assert.ok(codes.includes(code), `the error is ${code} (${message}), and must be ${codes.join(' or ')}`);
}

/** With patience: a process on its way out may answer once more, so it counts when it has been ready for a second. */
export async function expectHealthy(runner: Runner, patience = 0): Promise<void> {
  let ready = 0;
  for (const deadline = Date.now() + patience; ready < 5 && Date.now() < deadline; await sleep(200))
    ready = (await runner.isHealthy()).isHealthy ? ready + 1 : 0;
  expectKeys(await runner.isHealthy(), { isHealthy: true, state: 'ready' });
}

export async function expectUnhealthy(runner: Runner, state: Health['state']): Promise<void> {
  expectKeys(await runner.isHealthy(), { isHealthy: false, state });
}

/** At most so many lines. */
export async function readLines(lines: AsyncIterable<string>, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) {
    found.push(line);
    if (found.length >= most) break;
  }
  return found;
}

/** Does something with a runner of a revision of its own, of which nothing is left afterwards. */
export async function withRevision(
  { RunnerClass, createPlan, listRemaining }: Conformance,
  { revision, timeout, resources }: { revision: string; timeout: number; resources?: Resources },
  body: (runner: Runner, plan: Awaited<ReturnType<typeof createPlan>>) => Promise<unknown>,
): Promise<void> {
  const made = await createPlan(revision, timeout);
  const plan = resources === undefined ? made : { ...made, resources };
  const runner = new RunnerClass(plan);
  try {
    await body(runner, plan);
  } finally {
    await runner.undo();
  }
  expectNone(await listRemaining(plan));
}
