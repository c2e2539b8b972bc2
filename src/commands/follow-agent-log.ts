import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { berthHome, deploymentDirectory } from '../home/home.js';
import { getFileSize } from '../processes/log-file.js';

/** An action of a coding agent, as the worker logged it. */
export interface LoggedEvent {
  kind: string;
  text: string;
  agent: string;
  round: number | null;
}

/** Milliseconds between two reads of the log. */
const pollInterval = 100;

/**
 * Reports the actions of coding agents from now on. Reads a local file, so it reports nothing for a deployment on
 * another host. The returned function stops it after reporting all that was written so far.
 */
export function followAgentLog(name: string, onEvent: (event: LoggedEvent) => void): () => Promise<void> {
  const file = deploymentDirectory(berthHome(), name).agentLog;
  const ended = new AbortController();
  const reading = readNewLines(file, ended.signal, (line) => {
    const event = parseEvent(line);
    if (event !== undefined) onEvent(event);
  });
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
    if (size < offset) [offset, rest] = [0, '']; // a new deployment of the same name
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

/** Parses a line and strips terminal control sequences; undefined for a partial line that a crash left. */
function parseEvent(line: string): LoggedEvent | undefined {
  try {
    const { kind, text, agent, round }: Partial<Record<string, unknown>> = JSON.parse(line);
    if (typeof text !== 'string') return undefined;
    const cleanText = stripVTControlCharacters(text).replaceAll(/[^\P{Cc}\n\t]/gu, '');
    const source = {
      agent: typeof agent === 'string' ? agent : 'agent',
      round: typeof round === 'number' ? round : null,
    };
    return { kind: typeof kind === 'string' ? kind : 'other', text: cleanText.trimEnd(), ...source };
  } catch {
    return undefined;
  }
}
