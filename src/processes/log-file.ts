import { appendFile, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LogOptions {
  /** Lines from the end; everything when absent. */
  tail?: number;
  /** Go on with what is appended, until the signal aborts. */
  follow?: boolean;
  signal?: AbortSignal;
}

const blockBytes = 65_536;
/** Milliseconds between two looks at a log that is followed. */
const pollInterval = 100;

/** Lines of a log that others append to; none when there is no such file yet. */
export async function* readLog(file: string, options: LogOptions = {}): AsyncIterable<string> {
  const { tail, follow = false, signal } = options;
  let offset = tail === undefined ? 0 : await findTailOffset(file, tail);
  let rest = '';
  const decoder = new TextDecoder();
  do {
    const size = await getFileSize(file);
    if (size < offset) [offset, rest] = [0, '']; // emptied by someone: it is read anew
    while (offset < size) {
      const block = await readBlock(file, offset, Math.min(blockBytes, size - offset));
      offset += block.length;
      const lines = (rest + decoder.decode(block, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
      if (signal?.aborted) return;
    }
    if (follow && !signal?.aborted)
      await sleep(pollInterval, undefined, signal ? { signal } : {}).catch(() => undefined);
  } while (follow && !signal?.aborted);
  if (rest !== '') yield rest;
}

/** Appends lines to a log, before what they come from is removed. */
export async function appendLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  const kept: string[] = [];
  for await (const line of lines) kept.push(`${line}\n`);
  await appendLog(file, kept.join(''));
}

export async function appendLog(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, text, { mode: 0o600 });
}

/** The last lines as one text, for an error's evidence. */
export async function readTail(file: string, lines: number): Promise<string> {
  const found: string[] = [];
  for await (const line of readLog(file, { tail: lines })) found.push(line);
  return found.join('\n');
}

export async function getFileSize(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/** Where the last `lines` lines begin. */
async function findTailOffset(file: string, lines: number): Promise<number> {
  const size = await getFileSize(file);
  if (lines <= 0) return size;
  let start = size;
  let wanted = lines;
  while (start > 0) {
    const from = Math.max(0, start - blockBytes);
    const block = await readBlock(file, from, start - from);
    const end = start === size && block.at(-1) === 10 ? block.length - 1 : block.length;
    for (let index = end - 1; index >= 0; index -= 1) {
      if (block[index] === 10) wanted -= 1;
      if (wanted === 0) return from + index + 1;
    }
    start = from;
  }
  return 0;
}

async function readBlock(file: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
