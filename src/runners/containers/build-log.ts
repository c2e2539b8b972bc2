import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { BerthError } from '../../errors.js';
import { redact } from '../../secrets/redact.js';
import type { BuildRequest } from './build-request.js';
import { createEngineLostError, isConnectionLost } from './engine.js';
import { suggestLogin } from './registry-credentials.js';

/** Lines of a build that an error shows. */
const maxEvidenceLines = 40;

/** One line of the engine's answer to a build. */
interface BuildEvent {
  id?: string;
  aux?: unknown;
  stream?: string;
  status?: string;
  error?: string;
  errorDetail?: { message?: string };
}

/** What a build says: all of it in the log, its steps to the person who waits, its end as evidence. */
export class BuildLog {
  private readonly request: Pick<BuildRequest, 'logFile' | 'onProgress' | 'name'>;
  private readonly secrets: string[];
  private readonly last: string[] = [];
  private writing: Promise<void>;

  /** `secrets`: values that the log must not hold, whatever the build prints. */
  constructor(request: Pick<BuildRequest, 'logFile' | 'onProgress' | 'name'>, secrets: string[] = []) {
    this.request = request;
    this.secrets = secrets;
    this.writing = mkdir(dirname(request.logFile), { recursive: true }).then(() => undefined);
  }

  /** A line of ours. */
  async report(line: string): Promise<void> {
    this.request.onProgress?.(line);
    this.write(`berth: ${line}`);
    await this.writing;
  }

  /** Resolves when the build has succeeded; throws what it says of its failure. */
  async follow(stream: Readable): Promise<void> {
    const { decodeStatus } = await import('./buildkit-status.js');
    let failure: string | undefined;
    for await (const line of createInterface({ input: stream })) {
      if (line.trim() === '') continue;
      const { id, aux, stream: text, status, error, errorDetail } = JSON.parse(line) as BuildEvent; // the engine's own
      failure ??= errorDetail?.message ?? error;
      const isReport = id === 'moby.buildkit.trace' && typeof aux === 'string';
      for (const said of isReport ? decodeStatus(aux) : (text ?? status ?? '').split(/\r?\n/)) this.take(said);
    }
    await this.writing;
    if (failure !== undefined) throw new Error(failure);
  }

  /** BUILD_FAILED in place of what the engine says, ENGINE_UNREACHABLE where it went away meanwhile. */
  async toBuildError(error: unknown, images: string[]): Promise<unknown> {
    await this.writing.catch(() => undefined);
    if (error instanceof BerthError) return error;
    if (isConnectionLost(error)) return createEngineLostError(error);
    const message = redact(error instanceof Error ? error.message : String(error), this.secrets);
    const name = this.request.name.replace(/^berth\/(.*):.*$/, '$1');
    const evidence = [...this.last, message].join('\n');
    const remedy = suggestLogin(message, images);
    const fullMessage = remedy === undefined ? message : `${message}; ${remedy}`;
    return new BerthError('BUILD_FAILED', `the image could not be built: ${fullMessage}`, { name, evidence });
  }

  private take(words: string): void {
    const line = redact(words, this.secrets);
    if (line.trim() === '') return;
    const step = /^(?:\[[^\]]*?(\d+\/\d+)\]|Step (\d+\/\d+) :) (.*)/.exec(line);
    if (step !== null) this.request.onProgress?.(`building ${step[1] ?? step[2]}: ${shortenStep(step[3] ?? '')}`);
    this.write(`build: ${line}`);
    this.last.push(line);
    if (this.last.length > maxEvidenceLines) this.last.shift();
  }

  private write(line: string): void {
    this.writing = this.writing.then(() => appendFile(this.request.logFile, `${line}\n`, { mode: 0o600 }));
  }
}

/** A step without the mounts that every one of ours begins with. */
const shortenStep = (step: string): string => step.replaceAll(/--mount=\S+\s*/g, '').slice(0, 100);
