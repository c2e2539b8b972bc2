import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { berthHome, deploymentDirectory } from '../home/home.js';
import { getFileSize } from '../processes/log-file.js';

/** What a coding agent did, as the worker wrote it down. */
export interface LoggedEvent {
  kind: string;
  text: string;
  agent: string;
  round: number | null;
}

/** Milliseconds between two looks: what an agent does is seen within 200. */
const pollInterval = 100;

/**
 * Tells what an agent does from now on. The log is a file of this machine: of a deployment on another host, nothing is
 * told. The function that is returned ends it, once all that was written by then is told.
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
    if (size < offset) [offset, rest] = [0, '']; // a deployment of the same name, made anew
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

/** Undefined for half a line that a crash left. A model's words could hold a terminal's commands; here they do not. */
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
