import type { Socket } from 'node:net';
import type { Answer } from '../../contract/answer.js';
import { readJson } from '../../json/read-json.js';
import { isChunk, readChunkOutput } from '../answer-text.js';
import { checkAnswerText } from '../check-answer.js';
import { encodeFrames, FrameReader } from './frames.js';
import { connectSocket } from './host-connection.js';

/** A part of a stream as the host says it: see hosts/python/berth_host/streams.py. */
type StreamPart = Answer | { status: 'chunk'; output: unknown } | { status: 'end'; joins: boolean };

/** A connection for the many frames of one stream. A frame is read when it is asked for, so a slow reader slows the host. */
export class HostStream {
  private constructor(private readonly socket: Socket) {
    socket.on('error', () => {}); // whoever reads is told
  }

  /** Rejects with the system's error (ENOENT, ECONNREFUSED) when nobody listens. */
  static async open(path: string): Promise<HostStream> {
    return new HostStream(await connectSocket(path));
  }

  /** The parts as text. Ends when the host hangs up; throws when the connection breaks. */
  async *exchange(...texts: string[]): AsyncGenerator<string> {
    this.socket.write(encodeFrames(...texts));
    const reader = new FrameReader();
    for await (const chunk of this.socket)
      for (let frame = reader.add(chunk); frame !== undefined; frame = reader.next()) yield frame;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Hands a host's chunks on, and returns its answer; undefined when the host hangs up before it. */
export async function* forwardHostChunks(parts: AsyncIterable<string>): AsyncGenerator<unknown, Answer | undefined> {
  const chunks: unknown[] = [];
  for await (const text of parts) {
    const part = readPart(text);
    if (part?.status === 'end') return { status: 'success', output: part.joins ? chunks.join('') : chunks };
    if (part?.status !== 'chunk') return readJson(checkAnswerText(text)) as Answer;
    chunks.push(part.output);
    yield part.output;
  }
  return undefined;
}

/** Undefined for what no host says. */
function readPart(text: string): StreamPart | undefined {
  try {
    return (readJson(text) as StreamPart | null) ?? undefined;
  } catch {
    return undefined;
  }
}

const endPrefix = '{"status":"end"';

/** The same with the text of each chunk's output and of the answer, none of it parsed. */
export async function* forwardHostChunkTexts(parts: AsyncIterable<string>): AsyncGenerator<string, string | undefined> {
  const chunks: string[] = [];
  for await (const part of parts) {
    if (part.startsWith(endPrefix)) return `{"status":"success","output":${joinChunks(chunks, part)}}`;
    if (!isChunk(part)) return checkAnswerText(part);
    const output = readChunkOutput(part);
    chunks.push(output);
    yield output;
  }
  return undefined;
}

function joinChunks(chunks: string[], end: string): string {
  const { joins } = JSON.parse(end) as { joins: boolean };
  if (!joins) return `[${chunks.join(',')}]`;
  return JSON.stringify(chunks.map((chunk) => (chunk.startsWith('"') ? JSON.parse(chunk) : chunk)).join(''));
}
