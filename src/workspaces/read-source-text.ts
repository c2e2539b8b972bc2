import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

/** Bytes of the largest file of a repository that is read for what it says. */
export const sourceTextLimit = 8 * 2 ** 20;

/** The content of a file, or why it cannot be had. */
export type SourceContent = { content: Buffer; problem?: undefined } | { content?: undefined; problem: string };

/** The text of a file, or why it cannot be had: `does not exist`, `is not a regular file`. */
export type SourceText = { text: string; problem?: undefined } | { text?: undefined; problem: string };

/** Reads a text file of a repository, as `readSourceContent` does: UTF-8, or what its byte order mark says. */
export async function readSourceText(root: string, path: string, limit = sourceTextLimit): Promise<SourceText> {
  const { content, problem } = await readSourceContent(root, path, limit);
  return content === undefined ? { problem } : { text: decode(content) };
}

/** Windows writes UTF-16 where a shell redirects: `pip freeze > requirements.txt`. A mark itself is no text. */
function decode(content: Buffer): string {
  const mark = content.toString('latin1', 0, 2);
  const encoding = mark === '\xff\xfe' ? 'utf-16le' : mark === '\xfe\xff' ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(content);
}

/**
 * Reads a file of a repository, once and bounded: only a regular file inside `root` (a link that stays inside is
 * followed), of at most `limit` bytes. Never waits for a FIFO, a terminal or a device, and never throws.
 */
export async function readSourceContent(root: string, path: string, limit = sourceTextLimit): Promise<SourceContent> {
  const [directory, file] = await Promise.all([realpath(root), realpath(resolve(root, path))]).catch(() => []);
  if (directory === undefined || file === undefined) return { problem: 'does not exist' };
  if (!file.startsWith(directory + sep)) return { problem: 'lies outside the repository' };
  try {
    return await readRegularFile(file, limit);
  } catch (error) {
    return { problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? error})` };
  }
}

/** Opened without waiting, and looked at once it is open: what lies at the path may change in between. */
async function readRegularFile(file: string, limit: number): Promise<SourceContent> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const found = await handle.stat();
    if (!found.isFile()) return { problem: 'is not a regular file' };
    if (found.size > limit) return { problem: `is larger than ${limit} bytes` };
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(found.size), 0, found.size, 0);
    return { content: buffer.subarray(0, bytesRead) };
  } finally {
    await handle.close();
  }
}
