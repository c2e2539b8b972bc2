/** Frames of the host's protocol: four bytes of length, big-endian, then that many bytes of UTF-8 JSON. */

const headBytes = 4;

/** One buffer that holds a frame for each text, so that a request is one write. */
export function encodeFrames(...texts: string[]): Buffer {
  const sizes = texts.map((text) => Buffer.byteLength(text));
  const buffer = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + headBytes + size, 0));
  let offset = 0;
  texts.forEach((text, index) => {
    offset = buffer.writeUInt32BE(sizes[index] ?? 0, offset);
    offset += buffer.write(text, offset, 'utf8');
  });
  return buffer;
}

/** Puts one frame together from what a socket hands over; asks for no copy where a chunk holds the whole frame. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private received = 0;

  /** The frame's text once it is complete. */
  add(chunk: Buffer): string | undefined {
    if (this.received === 0 && chunk.length >= headBytes && chunk.length === headBytes + chunk.readUInt32BE(0))
      return chunk.toString('utf8', headBytes);
    this.chunks.push(chunk);
    this.received += chunk.length;
    if (this.received < headBytes) return undefined;
    if (this.received < headBytes + this.readLength()) return undefined;
    const whole = Buffer.concat(this.chunks, this.received);
    this.chunks = [];
    this.received = 0;
    return whole.toString('utf8', headBytes);
  }

  private readLength(): number {
    const first = this.chunks[0];
    if (first !== undefined && first.length >= headBytes) return first.readUInt32BE(0);
    this.chunks = [Buffer.concat(this.chunks)];
    return (this.chunks[0] as Buffer).readUInt32BE(0);
  }
}
