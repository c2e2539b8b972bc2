/** @needs git python3 uv temporal */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { openSoftware } from '../../src/calls/open-software.js';
import type { Answer } from '../../src/contract/answer.js';
import { connectOnce, deploy, redeploy, waitForInfo } from '../support/deployments.js';
import { temporaryDirectory, temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();

/** Records each call that begins, and answers with its process. */
const recordingCode = (version: number) => `
import os, time
def predict(file="", id=-1, seconds=0.01):
    if file:
        with open(file, "a") as trace: trace.write(f"{id}\\n")
    time.sleep(seconds)
    return {"version": ${version}, "pid": os.getpid()}
`;

interface Output {
  version: number;
  pid: number;
}

const outputOf = (answer: Answer | undefined) => (answer?.status === 'success' ? (answer.output as Output) : undefined);

interface FinishedCall {
  id: number;
  answer: Answer;
}

/** Callers that each make one call after another until they are stopped. */
class Load {
  readonly file = join(temporaryDirectory(), 'begun');
  /** In the order of their answers. */
  readonly finished: FinishedCall[] = [];
  private count = 0;
  private isOver = false;
  private readonly callers: Promise<void>[];

  constructor(name: string, callers: number) {
    writeFileSync(this.file, '');
    this.callers = Array.from({ length: callers }, () => this.callAgainAndAgain(name));
  }

  /** Returns the processes that answer the next calls. */
  async pidsOfNext(count: number): Promise<Set<number | undefined>> {
    const first = this.finished.length;
    while (this.finished.length < first + count) await sleep(10);
    return new Set(this.finished.slice(first).map(({ answer }) => outputOf(answer)?.pid));
  }

  /** Returns failed calls and the ids of begun calls, both in the order of ids. */
  async end(): Promise<{ failed: FinishedCall[]; begun: number[] }> {
    this.isOver = true;
    await Promise.all(this.callers);
    const begun = readFileSync(this.file, 'utf8').trim().split('\n').map(Number);
    return {
      failed: this.finished.filter(({ answer }) => answer.status !== 'success'),
      begun: begun.sort((one, other) => one - other),
    };
  }

  /** Each caller has its own client, like callers in several processes. */
  private async callAgainAndAgain(name: string): Promise<void> {
    const software = await openSoftware(name, home);
    while (!this.isOver) {
      const id = this.count++;
      this.finished.push({ id, answer: await software.run({ file: this.file, id }) });
    }
    await software.close();
  }
}

test('a killed replica loses only its running call and is restarted; a redeploy of replicas loses none', async () => {
  const source = temporarySolution({ 'main.py': recordingCode(1) });
  const resources = { replicas: 2 };
  expect(await deploy({ name: 'twins', solution: source, resources })).toMatchObject({ state: 'running' });

  const load = new Load('twins', 6);
  const [killed, other] = [...(await load.pidsOfNext(50))] as [number, number];
  process.kill(killed, 'SIGKILL');
  await waitForInfo('twins', ({ restarts, state }) => restarts === 1 && state === 'running');
  await load.pidsOfNext(20); // calls that ran during the kill
  const after = await load.pidsOfNext(100);
  expect([after.has(other), after.has(killed), after.size]).toEqual([true, false, 2]);
  const { failed, begun } = await load.end();
  for (const { answer } of failed) expect(answer).toMatchObject({ error: { code: 'CALL_LOST' } });
  expect(failed.length).toBeLessThanOrEqual(1); // each replica runs one call at a time
  expect(begun).toEqual(load.finished.map((_, id) => id)); // each call begins once, whether or not it is lost

  const next = new Load('twins', 6);
  expect((await next.pidsOfNext(50)).size).toBe(2);
  writeFileSync(join(source, 'main.py'), recordingCode(2));
  expect(await redeploy('twins', { changes: { bake: 0 } })).toMatchObject({ revision: 'r2', change: null });
  await next.pidsOfNext(20);
  expect((await next.pidsOfNext(100)).size).toBe(2);
  const ended = await next.end();
  expect(ended.failed).toEqual([]);
  expect(ended.begun).toEqual(next.finished.map((_, id) => id));
  expect(outputOf(next.finished.at(-1)?.answer)).toMatchObject({ version: 2 });
  await (await connectOnce()).cleanup('twins');
});
