import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { AgentUsage } from './agent.js';
import { parseJsonLine } from './parse-json-line.js';

const Reply = z.object({
  id: z.string(),
  tokens: z.object({ input: z.number(), output: z.number(), thoughts: z.number().default(0) }),
});

/** Reads a session's usage so far from Gemini's session file; null when the file does not exist yet. */
export async function readGeminiUsage(geminiHome: string, session: string): Promise<AgentUsage | null> {
  const directory = join(geminiHome, 'tmp');
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  const name = names.find((path) => path.endsWith(`-${session.slice(0, 8)}.jsonl`));
  if (name === undefined) return null;
  const text = await readFile(join(directory, name), 'utf8');
  const replies = text.split('\n').flatMap((line) => parseJsonLine(Reply, line) ?? []);
  // Gemini writes a reply again when its tools have answered; the last one counts.
  const tokens = [...new Map(replies.map((reply) => [reply.id, reply.tokens])).values()];
  return {
    inputTokens: tokens.reduce((sum, { input }) => sum + input, 0),
    outputTokens: tokens.reduce((sum, { output, thoughts }) => sum + output + thoughts, 0),
  };
}
