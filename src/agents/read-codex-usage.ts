import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { AgentUsage } from './agent.js';
import { parseJsonLine } from './parse-json-line.js';

const TokenCount = z.object({
  payload: z.object({
    type: z.literal('token_count'),
    info: z.object({ total_token_usage: z.object({ input_tokens: z.number(), output_tokens: z.number() }) }),
  }),
});

/** Bytes to search from the end: output of a command may follow the last count. */
const tailBytes = 512_000;

/** Reads a thread's usage so far from Codex's session file; null when it has no count yet. */
export async function readCodexUsage(codexHome: string, thread: string): Promise<AgentUsage | null> {
  const directory = join(codexHome, 'sessions');
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  const name = names.find((path) => path.endsWith(`-${thread}.jsonl`));
  if (name === undefined) return null;
  const lines = (await readTail(join(directory, name))).split('\n');
  for (const line of lines.reverse()) {
    const count = line.includes('"token_count"') ? parseJsonLine(TokenCount, line) : null;
    if (count === null) continue;
    const { input_tokens, output_tokens } = count.payload.info.total_token_usage;
    return { inputTokens: input_tokens, outputTokens: output_tokens };
  }
  return null;
}

async function readTail(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString();
  } finally {
    await handle.close();
  }
}
