import type { Socket } from 'node:net';
import type { Answer } from '../contract/answer.js';
import { encodeFrames, FrameReader } from './frames.js';
import { connectTo } from './host-connection.js';

/** A part of a stream as the host says it: see hosts/python/berth_host/streams.py. */
export type HostPart = Answer | { status: 'chunk'; output: unknown } | { status: 'end'; joins: boolean };

/** A connection for the many frames of one stream. A frame is read when it is asked for, so a slow reader slows the host. */
export class HostStream {
  private constructor(private readonly socket: Socket) {
    socket.on('error', () => {}); // whoever reads is told
  }

  /** Rejects with the system's error (ENOENT, ECONNREFUSED) when nobody listens. */
  static async open(path: string): Promise<HostStream> {
    return new HostStream(await connectTo(path));
  }

  /** Ends when the host hangs up; throws when the connection breaks. */
  async *exchange(...texts: string[]): AsyncGenerator<HostPart> {
    this.socket.write(encodeFrames(...texts));
    const reader = new FrameReader();
    for await (const chunk of this.socket)
      for (let frame = reader.add(chunk); frame !== undefined; frame = reader.next())
        yield JSON.parse(frame) as HostPart; // the host's own
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Hands a host's chunks on, and returns its answer; undefined when the host hangs up before it. */
export async function* handOn(parts: AsyncIterable<HostPart>): AsyncGenerator<unknown, Answer | undefined> {
  const chunks: unknown[] = [];
  for await (const part of parts) {
    if (part.status === 'end') return { status: 'success', output: part.joins ? chunks.join('') : chunks };
    if (part.status !== 'chunk') return part;
    chunks.push(part.output);
    yield part.output;
  }
  return undefined;
}
