/** Frames of the host protocol: a length of four bytes, big-endian, then as many bytes of UTF-8 JSON. */

const headerBytes = 4;

/** Encodes each text as a frame, all in one buffer, so that a request is one write. */
export function encodeFrames(...texts: string[]): Buffer {
  const sizes = texts.map((text) => Buffer.byteLength(text));
  const buffer = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + headerBytes + size, 0));
  let offset = 0;
  texts.forEach((text, index) => {
    offset = buffer.writeUInt32BE(sizes[index] ?? 0, offset);
    offset += buffer.write(text, offset, 'utf8');
  });
  return buffer;
}

/** Assembles frames from the chunks of a socket. Copies nothing if a chunk is exactly one frame. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private received = 0;

  /** Adds a chunk. Returns the text of a frame if it is complete. */
  add(chunk: Buffer): string | undefined {
    if (this.received === 0 && chunk.length >= headerBytes && chunk.length === headerBytes + chunk.readUInt32BE(0))
      return chunk.toString('utf8', headerBytes);
    this.chunks.push(chunk);
    this.received += chunk.length;
    return this.next();
  }

  /** Returns the text of another complete frame that arrived with the previous one. */
  next(): string | undefined {
    if (this.received < headerBytes) return undefined;
    const end = headerBytes + this.readLength();
    if (this.received < end) return undefined;
    const buffer = this.join();
    this.received -= end;
    this.chunks = this.received === 0 ? [] : [buffer.subarray(end)];
    return buffer.toString('utf8', headerBytes, end);
  }

  private readLength(): number {
    const first = this.chunks[0];
    return (first !== undefined && first.length >= headerBytes ? first : this.join()).readUInt32BE(0);
  }

  private join(): Buffer {
    const buffer = this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks, this.received);
    this.chunks = [buffer];
    return buffer;
  }
}
