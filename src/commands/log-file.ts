import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogOptions } from '../runners/runner.js';

const newline = 0x0a;
/** Bytes read at a time. */
const blockSize = 64 * 1024;
/** Milliseconds between two looks at a file that is followed. */
const pause = 150;

/** A log file's lines: all or the last ones, and with `follow` those still to come, until the signal aborts. */
export async function* readLogFile(path: string, options: LogOptions): AsyncGenerator<string> {
  const file = await open(path);
  try {
    const start = options.tail === undefined ? 0 : await findTail(file, options.tail);
    yield* readLines(file, start, options);
  } finally {
    await file.close();
  }
}

async function* readLines(file: FileHandle, start: number, { follow, signal }: LogOptions): AsyncGenerator<string> {
  let position = start;
  let unfinished: Buffer[] = [];
  while (signal?.aborted !== true) {
    const block = await readBlock(file, position);
    position += block.length;
    const end = block.lastIndexOf(newline);
    if (end === -1) unfinished.push(block);
    else {
      yield* Buffer.concat([...unfinished, block.subarray(0, end)])
        .toString()
        .split('\n');
      unfinished = [block.subarray(end + 1)];
    }
    if (block.length > 0) continue;
    if (!follow) break;
    await sleep(pause, undefined, signal && { signal }).catch(() => {}); // aborted: the loop's own condition ends it
  }
  const last = Buffer.concat(unfinished).toString();
  if (last !== '') yield last;
}

/** Where the last `count` lines begin, found from the end: a log may be larger than memory. */
async function findTail(file: FileHandle, count: number): Promise<number> {
  const { size } = await file.stat();
  let wanted = count;
  for (let end = size; end > 0; end -= blockSize) {
    const start = Math.max(0, end - blockSize);
    const block = (await readBlock(file, start)).subarray(0, end - start);
    for (let index = block.length - 1; index >= 0; index--) {
      const isLastByte = start + index === size - 1;
      if (block[index] === newline && !isLastByte && --wanted === 0) return start + index + 1;
    }
  }
  return 0;
}

async function readBlock(file: FileHandle, position: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(blockSize), 0, blockSize, position);
  return buffer.subarray(0, bytesRead);
}
