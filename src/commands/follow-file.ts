import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { getFileSize } from '../processes/log-file.js';

/** Milliseconds between two reads of the file. */
const pollInterval = 100;

/**
 * Reports the lines that are appended to a local file from now on; the file may not exist yet. The returned function
 * stops it after reporting all that was written so far.
 */
export function followFile(file: string, onLine: (line: string) => void): () => Promise<void> {
  const ended = new AbortController();
  const reading = readNewLines(file, ended.signal, onLine);
  return async () => {
    ended.abort();
    await reading;
  };
}

async function readNewLines(file: string, signal: AbortSignal, onLine: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let offset = await getFileSize(file);
  let rest = '';
  for (let isLast = false; ; isLast = signal.aborted) {
    const size = await getFileSize(file);
    if (size < offset) [offset, rest] = [0, '']; // a new file of the same name
    if (size > offset) {
      const lines = (rest + decoder.decode(await readRange(file, offset, size), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      offset = size;
      for (const line of lines) onLine(line);
    }
    if (isLast) return;
    await sleep(pollInterval, undefined, { signal }).catch(() => {});
  }
}

async function readRange(file: string, start: number, end: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
