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

/** Handles the output of a build: logs all of it, reports its steps to the user, and keeps its end as evidence. */
export class BuildLog {
  private readonly request: Pick<BuildRequest, 'logFile' | 'onProgress' | 'name'>;
  private readonly secrets: string[];
  private readonly last: string[] = [];
  private writing: Promise<void>;

  /** `secrets`: values to redact from the log. */
  constructor(request: Pick<BuildRequest, 'logFile' | 'onProgress' | 'name'>, secrets: string[] = []) {
    this.request = request;
    this.secrets = secrets;
    this.writing = mkdir(dirname(request.logFile), { recursive: true }).then(() => undefined);
  }

  /** Reports and logs a line of Berth's own. */
  async report(line: string): Promise<void> {
    this.request.onProgress?.(line);
    this.write(`berth: ${line}`);
    await this.writing;
  }

  /** Logs the build until its end. Throws the build's error message if it failed. */
  async follow(stream: Readable): Promise<void> {
    const { decodeStatus } = await import('./buildkit-status.js');
    let failure: string | undefined;
    for await (const line of createInterface({ input: stream })) {
      if (line.trim() === '') continue;
      const { id, aux, stream: text, status, error, errorDetail } = JSON.parse(line) as BuildEvent; // from the engine
      failure ??= errorDetail?.message ?? error;
      const isReport = id === 'moby.buildkit.trace' && typeof aux === 'string';
      const output = isReport ? decodeStatus(aux) : (text ?? status ?? '').split(/\r?\n/);
      for (const outputLine of output) this.logOutput(outputLine);
    }
    await this.writing;
    if (failure !== undefined) throw new Error(failure);
  }

  /** Converts an error to BUILD_FAILED, or to ENGINE_UNREACHABLE if the connection was lost. */
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

  private logOutput(output: string): void {
    const line = redact(output, this.secrets);
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

/** Shortens a step, and removes the mounts with which Berth's steps begin. */
const shortenStep = (step: string): string => step.replaceAll(/--mount=\S+\s*/g, '').slice(0, 100);
