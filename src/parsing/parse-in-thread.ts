import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { hostsDirectory } from '../home/package-root.js';

const workerScript = join(hostsDirectory, 'threads', 'parse-document.mjs');

/** Milliseconds. A megabyte of YAML takes two seconds. */
const timeout = 10_000;

/** Bytes of the parsed value as JSON. */
const defaultMaxBytes = 2_000_000;

type Answer = { json: string } | { line?: number; problem: string };

/** Parses in a separate thread, which ends when it is done, runs out of memory, or takes longer than 10 seconds. */
export async function parseInThread(
  format: 'toml' | 'yaml',
  text: string,
  maxBytes = defaultMaxBytes,
): Promise<{ value: unknown; problem?: undefined } | { line?: number | undefined; problem: string }> {
  const worker = new Worker(workerScript, {
    workerData: { format, text, maxBytes },
    resourceLimits: { maxOldGenerationSizeMb: 512 },
    stdin: false,
  });
  const answer = await waitForAnswer(worker).finally(() => worker.terminate());
  return 'json' in answer ? { value: JSON.parse(answer.json) } : answer;
}

function waitForAnswer(worker: Worker): Promise<Answer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ problem: `parsing takes longer than ${timeout / 1000} s` }), timeout);
    const settle = (answer: Answer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    worker.once('message', settle);
    worker.once('error', (error) => settle({ problem: error.message }));
    worker.once('exit', () => settle({ problem: 'the parser ended without a result' }));
  });
}
