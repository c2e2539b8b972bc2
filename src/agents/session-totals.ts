import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeDurably } from '../home/durable-file.js';
import type { AgentUsage } from './agent.js';

/** What a CLI said about a whole session when its last run ended. */
export const SessionTotals = z.object({ inputTokens: z.number(), outputTokens: z.number(), cost: z.number() });
export type SessionTotals = z.infer<typeof SessionTotals>;

const zeroTotals: SessionTotals = { inputTokens: 0, outputTokens: 0, cost: 0 };

const totalsPath = (stateDirectory: string, session: string): string =>
  join(stateDirectory, `totals-${session.replaceAll(/[^\w-]/g, '_')}.json`);

/**
 * Some CLIs count the whole session again in each run. The totals are kept so that a run counts once; those of a run
 * that was cut off are in the next one's, where they belong to what was spent.
 */
export async function readTotals(stateDirectory: string, session: string): Promise<SessionTotals> {
  const text = await readFile(totalsPath(stateDirectory, session), 'utf8').catch(() => null);
  if (text === null) return zeroTotals;
  const parsed = SessionTotals.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : zeroTotals;
}

export async function writeTotals(stateDirectory: string, session: string, totals: SessionTotals): Promise<void> {
  await writeDurably(totalsPath(stateDirectory, session), JSON.stringify(totals));
}

/** What came on top of the session's totals when its last run ended. */
export async function subtractTotals(stateDirectory: string, session: string, now: AgentUsage): Promise<AgentUsage> {
  const before = await readTotals(stateDirectory, session);
  return {
    inputTokens: Math.max(0, now.inputTokens - before.inputTokens),
    outputTokens: Math.max(0, now.outputTokens - before.outputTokens),
  };
}
