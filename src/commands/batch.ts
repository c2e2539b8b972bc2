import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Answer } from '../contract/answer.js';
import { BerthError } from '../errors.js';
import { openSoftware } from '../factory/open-software.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { cannotRead, parseJson } from './input.js';
import { mapInOrder } from './map-in-order.js';

export const batch = defineCommand({
  name: 'batch',
  summary: 'call a deployment once per line of a file',
  arguments: {
    name: deploymentName,
    file: { label: 'FILE.jsonl|-', isRequired: true, summary: 'one JSON value per line; - is standard input' },
  },
  options: {
    concurrency: { flags: '--concurrency <N>', kind: 'count', summary: 'calls at a time (8)' },
    timeout: { flags: '--timeout <SECONDS>', kind: 'number', summary: 'how long each call may take' },
  },
  examples: ['berth batch sentiment reviews.jsonl > answers.jsonl'],
  async run({ arguments: { name, file }, options: { concurrency = 8, timeout }, output, signal }) {
    const software = await openSoftware(name);
    const options = { ...(timeout !== undefined && { timeout }), signal };
    const answerTo = async (line: string, index: number): Promise<Answer> => {
      const inputs = parseLine(line, index);
      return inputs instanceof BerthError ? refuse(inputs) : await software.run(inputs, options);
    };
    let [index, failures] = [0, 0];
    try {
      for await (const answer of mapInOrder(readLines(file, signal), concurrency, answerTo)) {
        await output.line(JSON.stringify({ index: index++, ...answer }));
        if (answer.status === 'error') failures++;
      }
    } finally {
      await software.close();
    }
    if (signal.aborted) return 130;
    if (failures > 0) output.note(`${failures} of ${index} calls failed`);
    return failures === 0 ? 0 : 1;
  },
});

/** The lines that hold something, until the signal aborts. */
async function* readLines(file: string, signal: AbortSignal): AsyncGenerator<string> {
  const lines = file === '-' ? createInterface({ input: process.stdin }) : await openLines(file);
  for await (const line of lines) {
    if (signal.aborted) return;
    if (line.trim() !== '') yield line;
  }
}

async function openLines(path: string): Promise<AsyncIterable<string>> {
  try {
    const handle = await open(path);
    if ((await handle.stat()).isDirectory()) throw new Error('it is a directory');
    return handle.readLines();
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

function parseLine(line: string, index: number): unknown {
  try {
    return parseJson(line, `input ${index}`);
  } catch (error) {
    return BerthError.from(error);
  }
}

/** A line that is no JSON costs only its own answer. */
const refuse = ({ code, message }: BerthError): Answer => ({ status: 'error', error: { code, message } });
