import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeDurably } from '../home/durable-file.js';
import type { AgentUsage } from './agent.js';

/** Usage that a CLI reported for the entire session when its last run ended. */
export const SessionTotals = z.object({ inputTokens: z.number(), outputTokens: z.number(), cost: z.number() });
export type SessionTotals = z.infer<typeof SessionTotals>;

const zeroTotals: SessionTotals = { inputTokens: 0, outputTokens: 0, cost: 0 };

const totalsPath = (stateDirectory: string, session: string): string =>
  join(stateDirectory, `totals-${session.replaceAll(/[^\w-]/g, '_')}.json`);

/**
 * Returns the totals after the session's last run, because some CLIs report the session's usage instead of the run's.
 * The usage of an interrupted run counts toward the next one.
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

/** Returns the usage since the session's last run. */
export async function subtractTotals(
  stateDirectory: string,
  session: string,
  current: AgentUsage,
): Promise<AgentUsage> {
  const previous = await readTotals(stateDirectory, session);
  return {
    inputTokens: Math.max(0, current.inputTokens - previous.inputTokens),
    outputTokens: Math.max(0, current.outputTokens - previous.outputTokens),
  };
}
