import { appendFile, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LogOptions {
  /** Lines from the end; everything when absent. */
  tail?: number;
  /** Continues with appended lines until the signal aborts. */
  follow?: boolean;
  signal?: AbortSignal;
}

const blockBytes = 65_536;
/** Milliseconds between two checks of a log that is followed. */
const pollInterval = 100;

/** Yields the lines of a log that others append to; none when the file does not exist yet. */
export async function* readLog(file: string, options: LogOptions = {}): AsyncIterable<string> {
  const { tail, follow = false, signal } = options;
  let offset = tail === undefined ? 0 : await findTailOffset(file, tail);
  let rest = '';
  const decoder = new TextDecoder();
  do {
    const size = await getFileSize(file);
    if (size < offset) [offset, rest] = [0, '']; // it was truncated: start again
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

/** Appends lines to a log, for a source that is about to be removed. */
export async function appendLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  const collected: string[] = [];
  for await (const line of lines) collected.push(`${line}\n`);
  await appendLog(file, collected.join(''));
}

export async function appendLog(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, text, { mode: 0o600 });
}

/** Returns the last lines as one text, for an error's evidence. */
export async function readTail(file: string, lines: number): Promise<string> {
  const lastLines: string[] = [];
  for await (const line of readLog(file, { tail: lines })) lastLines.push(line);
  return lastLines.join('\n');
}

/** Returns what was appended after the log had `start` bytes, at most its last `maxBytes`. */
export async function readLogSince(file: string, start = 0, maxBytes = blockBytes): Promise<string> {
  const size = await getFileSize(file);
  const from = Math.max(size < start ? 0 : start, size - maxBytes);
  return from >= size ? '' : (await readBlock(file, from, size - from)).toString();
}

export async function getFileSize(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/** Returns the offset at which the last `lines` lines begin. */
async function findTailOffset(file: string, lines: number): Promise<number> {
  const size = await getFileSize(file);
  if (lines <= 0) return size;
  let start = size;
  let missing = lines;
  while (start > 0) {
    const from = Math.max(0, start - blockBytes);
    const block = await readBlock(file, from, start - from);
    const end = start === size && block.at(-1) === 10 ? block.length - 1 : block.length;
    for (let index = end - 1; index >= 0; index -= 1) {
      if (block[index] === 10) missing -= 1;
      if (missing === 0) return from + index + 1;
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
