/** Frames of the host's protocol: four bytes of length, big-endian, then that many bytes of UTF-8 JSON. */

const headerBytes = 4;

/** One buffer that holds a frame for each text, so that a request is one write. */
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

/** Puts frames together from what a socket hands over; asks for no copy where a chunk holds just one. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private received = 0;

  /** The next frame's text once it is complete. */
  add(chunk: Buffer): string | undefined {
    if (this.received === 0 && chunk.length >= headerBytes && chunk.length === headerBytes + chunk.readUInt32BE(0))
      return chunk.toString('utf8', headerBytes);
    this.chunks.push(chunk);
    this.received += chunk.length;
    return this.next();
  }

  /** Another frame's text, where it came with the last one. */
  next(): string | undefined {
    if (this.received < headerBytes) return undefined;
    const end = headerBytes + this.readLength();
    if (this.received < end) return undefined;
    const whole = this.join();
    this.received -= end;
    this.chunks = this.received === 0 ? [] : [whole.subarray(end)];
    return whole.toString('utf8', headerBytes, end);
  }

  private readLength(): number {
    const first = this.chunks[0];
    return (first !== undefined && first.length >= headerBytes ? first : this.join()).readUInt32BE(0);
  }

  private join(): Buffer {
    const whole = this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks, this.received);
    this.chunks = [whole];
    return whole;
  }
}
