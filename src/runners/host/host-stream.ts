import type { Socket } from 'node:net';
import type { Answer } from '../../contract/answer.js';
import { readJson } from '../../json/read-json.js';
import { isChunk, readChunkOutput } from '../answer-text.js';
import { checkAnswerText } from '../check-answer.js';
import { encodeFrames, FrameReader } from './frames.js';
import { connectSocket } from './host-connection.js';

/** Part of a stream as the host process sends it: see hosts/python/berth_host/streams.py. */
type StreamPart = Answer | { status: 'chunk'; output: unknown } | { status: 'end'; joins: boolean };

/** A connection for the frames of one stream. Reads a frame only when it is requested, so a slow reader slows the code. */
export class HostStream {
  private constructor(private readonly socket: Socket) {
    socket.on('error', () => {}); // the reader gets the error
  }

  /** Connects. Rejects with the system error (ENOENT, ECONNREFUSED) if nothing listens. */
  static async open(path: string): Promise<HostStream> {
    return new HostStream(await connectSocket(path));
  }

  /** Sends a request and yields the parts as text. Ends when the connection is closed; throws when it breaks. */
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

/** Yields the chunks of a stream and returns its answer; undefined if the connection is closed before the answer. */
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

/** Parses a part; undefined for invalid JSON. */
function readPart(text: string): StreamPart | undefined {
  try {
    return (readJson(text) as StreamPart | null) ?? undefined;
  } catch {
    return undefined;
  }
}

const endPrefix = '{"status":"end"';

/** Forwards chunks like `forwardHostChunks`, but as JSON text, without parsing. */
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
