import { open } from 'node:fs/promises';
import { openSoftware } from '../calls/open-software.js';
import { BerthError } from '../errors.js';
import { readExactJson } from '../json/read-json.js';
import { writeJson } from '../json/write-json.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { createUnreadableError, decodeInput } from './input.js';
import { mapInOrder } from './map-in-order.js';
import { parseAnswer } from './parse-answer.js';

export const batch = defineCommand({
  name: 'batch',
  summary: 'call a deployment once per line of a file',
  arguments: {
    name: deploymentName,
    file: { label: 'FILE.jsonl|-', isRequired: true, summary: 'one JSON value per line; - is standard input' },
  },
  options: {
    concurrency: { flags: '--concurrency <N>', kind: 'count', summary: 'calls at once (8)' },
    timeout: { flags: '--timeout <SECONDS>', kind: 'number', summary: 'limit for each call' },
  },
  examples: ['berth batch sentiment reviews.jsonl > answers.jsonl'],
  async run({ arguments: { name, file }, options: { concurrency = 8, timeout }, output, signal }) {
    const software = await openSoftware(name);
    const options = { ...(timeout !== undefined && { timeout }), signal };
    const answerLine = async (line: Buffer, index: number): Promise<string> => {
      const inputs = decodeLine(line, index);
      return inputs instanceof BerthError ? toErrorAnswer(inputs) : await software.runText(inputs, options);
    };
    let [index, failures] = [0, 0];
    try {
      for await (const answer of mapInOrder(readLines(file, signal), concurrency, answerLine)) {
        const { text, failure } = parseAnswer(answer);
        await output.line(addIndex(text, index++));
        if (failure !== undefined) failures++;
      }
    } finally {
      await software.close();
    }
    if (signal.aborted) return 130;
    if (failures > 0) output.note(`${failures} of ${index} calls failed`);
    return failures === 0 ? 0 : 1;
  },
});

/** Yields the lines that are not blank, until the signal aborts. */
async function* readLines(file: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const line of splitLines(file === '-' ? process.stdin : await openFile(file))) {
    if (signal.aborted) return;
    if (line.some((byte) => byte > space)) yield line;
  }
}

const [space, lineFeed] = [0x20, 0x0a];

/** Splits bytes, so that a line that is not UTF-8 fails without the others. */
async function* splitLines(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let partial: Buffer[] = [];
  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      yield Buffer.concat([...partial, chunk.subarray(start, end)]);
      partial = [];
      start = end + 1;
    }
    partial.push(chunk.subarray(start));
  }
  yield Buffer.concat(partial);
}

async function openFile(path: string): Promise<AsyncIterable<Buffer>> {
  try {
    const handle = await open(path);
    if ((await handle.stat()).isDirectory()) throw new Error('it is a directory');
    return handle.createReadStream();
  } catch (cause) {
    throw createUnreadableError(path, cause);
  }
}

function decodeLine(line: Buffer, index: number): string | BerthError {
  try {
    return decodeInput(line, `input ${index}`);
  } catch (error) {
    return BerthError.from(error);
  }
}

/** Converts a line that is not JSON to an error answer for that line. */
const toErrorAnswer = ({ code, message }: BerthError): string =>
  JSON.stringify({ status: 'error', error: { code, message } });

/** Adds the line's index to an answer, a non-empty JSON object; replaces an index that the software wrote. */
const addIndex = (answer: string, index: number): string =>
  answer.includes('"index"')
    ? writeJson(Object.assign({ index }, readExactJson(answer), { index }))
    : `{"index":${index},${answer.slice(1)}`;
