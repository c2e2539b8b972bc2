import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { appendLines } from '../../processes/log-file.js';
import type { LogOptions } from '../runner.js';

/** Reads the lines that a container printed to both streams, in order, from the engine. */
export async function* readContainerLog(container: Docker.Container, options: LogOptions = {}): AsyncIterable<string> {
  const { tail, follow = false, signal } = options;
  const query = { stdout: true, stderr: true, ...(tail !== undefined && { tail }) };
  const isText = (await container.inspect()).Config.Tty;
  if (!follow) {
    const content = await container.logs({ ...query, follow: false });
    yield* splitLines(isText ? content.toString() : demultiplex(content));
    return;
  }
  const source = await container.logs({ ...query, follow: true, ...(signal && { abortSignal: signal }) });
  const text = new PassThrough();
  if (isText) source.pipe(text);
  else container.modem.demuxStream(source, text, text);
  const end = () => text.end();
  source.once('end', end).once('close', end).once('error', end);
  signal?.addEventListener('abort', end, { once: true });
  try {
    yield* streamLines(text);
  } finally {
    (source as unknown as { destroy: () => void }).destroy(); // an IncomingMessage with an incomplete type
  }
}

async function* streamLines(stream: PassThrough): AsyncIterable<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Decodes the engine's frames: one byte for the stream, three unused ones, four for the length. */
function demultiplex(content: Buffer): string {
  const parts: Buffer[] = [];
  for (let offset = 0; offset + 8 <= content.length; ) {
    const length = content.readUInt32BE(offset + 4);
    parts.push(content.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length;
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Appends the log of a container to a file, before the container and its log are removed. */
export async function archiveContainerLog(container: Docker.Container, logFile: string): Promise<void> {
  await appendLines(logFile, readContainerLog(container));
}
