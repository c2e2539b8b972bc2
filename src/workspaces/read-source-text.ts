import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

/** Maximum size in bytes of a repository file that Berth reads. */
export const sourceTextLimit = 8 * 2 ** 20;

/** Content of a file, or the reason why it cannot be read. */
export type SourceContent = { content: Buffer; problem?: undefined } | { content?: undefined; problem: string };

/** Text of a file, or the reason why it cannot be read: `does not exist`, `is not a regular file`. */
export type SourceText = { text: string; problem?: undefined } | { text?: undefined; problem: string };

/** Reads a text file with `readSourceContent`. Its encoding is UTF-8 or that of its byte order mark. */
export async function readSourceText(root: string, path: string, limit = sourceTextLimit): Promise<SourceText> {
  const { content, problem } = await readSourceContent(root, path, limit);
  return content === undefined ? { problem } : { text: decode(content) };
}

/** Decodes text without its byte order mark. Windows shells write UTF-16: `pip freeze > requirements.txt`. */
function decode(content: Buffer): string {
  const mark = content.toString('latin1', 0, 2);
  const encoding = mark === '\xff\xfe' ? 'utf-16le' : mark === '\xfe\xff' ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(content);
}

/**
 * Reads a regular file inside `root` of at most `limit` bytes. Follows links that stay inside. Never throws, and never
 * blocks on a FIFO, a terminal or a device.
 */
export async function readSourceContent(root: string, path: string, limit = sourceTextLimit): Promise<SourceContent> {
  const [directory, file] = await Promise.all([realpath(root), realpath(resolve(root, path))]).catch(() => []);
  if (directory === undefined || file === undefined) return { problem: 'does not exist' };
  if (!file.startsWith(directory + sep)) return { problem: 'is outside the repository' };
  try {
    return await readRegularFile(file, limit);
  } catch (error) {
    return { problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? error})` };
  }
}

/** Opens the file without blocking and checks it once it is open, because the path may change before that. */
async function readRegularFile(file: string, limit: number): Promise<SourceContent> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) return { problem: 'is not a regular file' };
    if (stats.size > limit) return { problem: `is larger than ${limit} bytes` };
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(stats.size), 0, stats.size, 0);
    return { content: buffer.subarray(0, bytesRead) };
  } finally {
    await handle.close();
  }
}
