import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { berthHome, deploymentDirectory } from '../home/home.js';

/** A recorded round of a coding agent; sums all its attempts. */
export interface PastRound {
  number: number;
  agent: string | null;
  outcome: 'finished' | 'failed' | 'open';
  dollars: number;
  tokens: number;
  turns: number;
  /** The agent's final message, or why the round failed. */
  summary: string | null;
}

/** Fields read from a round's record, which another version of Berth may have written. */
interface StoredRound {
  number?: number;
  session?: { agent?: string } | null;
  message?: { agent?: string } | null;
  spent?: { dollars?: number; tokens?: number; turns?: number };
  result?: { by?: string; summary?: string } | null;
  error?: { code?: string; message?: string } | null;
}

/** Reads the rounds of a deployment in order; none if it is on another host. */
export async function readRounds(name: string): Promise<PastRound[]> {
  const directory = deploymentDirectory(berthHome(), name).agent;
  const files = (await readdir(directory).catch(() => [])).filter((file) => /^round-\d+\.json$/.test(file));
  const rounds = await Promise.all(
    files.map(async (file) => toRound(JSON.parse(await readFile(join(directory, file), 'utf8')))),
  );
  return rounds.filter(({ agent }) => agent !== null).sort((one, other) => one.number - other.number);
}

function toRound({ number = 0, session, message, spent, result, error }: StoredRound): PastRound {
  const summary = result?.summary ?? (error ? `${error.code}: ${error.message}` : null);
  return {
    number,
    agent: message?.agent ?? session?.agent ?? null,
    outcome: result ? 'finished' : error ? 'failed' : 'open',
    dollars: spent?.dollars ?? 0,
    tokens: spent?.tokens ?? 0,
    turns: spent?.turns ?? 0,
    summary,
  };
}
