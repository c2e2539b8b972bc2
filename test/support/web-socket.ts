import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

// The part of an RFC 6455 server that the fakes of clouds need: JSON in text frames, pings, and the close.

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opcodes = { text: 1, close: 8, ping: 9, pong: 10 };

export class WebSocket {
  private received = Buffer.alloc(0);
  isOpen = true;

  constructor(
    private readonly stream: Duplex,
    private readonly onMessage: (message: unknown) => void,
  ) {
    stream.on('data', (chunk: Buffer) => this.take(chunk));
    stream
      .on('error', () => undefined)
      .on('close', () => {
        this.isOpen = false;
      });
  }

  send(message: unknown): void {
    this.write(opcodes.text, Buffer.from(JSON.stringify(message)));
  }

  close(): void {
    const normal = Buffer.from([1000 >> 8, 1000 & 255]);
    this.write(opcodes.close, normal);
    this.stream.end();
  }

  private write(opcode: number, payload: Buffer): void {
    if (!this.isOpen) return;
    const head = payload.length < 126 ? Buffer.alloc(2) : payload.length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
    head[0] = 0x80 | opcode;
    head[1] = payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127;
    if (head.length === 4) head.writeUInt16BE(payload.length, 2);
    if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2);
    this.stream.write(Buffer.concat([head, payload]));
  }

  private take(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (let frame = this.cut(); frame !== undefined; frame = this.cut()) {
      if (frame.opcode === opcodes.text) this.onMessage(JSON.parse(frame.payload.toString()));
      if (frame.opcode === opcodes.ping) this.write(opcodes.pong, frame.payload);
      if (frame.opcode === opcodes.close) this.close();
    }
  }

  /** Reads a client's masked frame. */
  private cut(): { opcode: number; payload: Buffer } | undefined {
    const bytes = this.received;
    if (bytes.length < 6) return undefined;
    const short = (bytes[1] ?? 0) & 127;
    if (short === 127) throw new Error('so long a message is not expected');
    const maskAt = short === 126 ? 4 : 2;
    const length = short === 126 ? bytes.readUInt16BE(2) : short;
    const end = maskAt + 4 + length;
    if (bytes.length < end) return undefined;
    const mask = bytes.subarray(maskAt, maskAt + 4);
    const payload = Buffer.from(bytes.subarray(maskAt + 4, end).map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
    this.received = bytes.subarray(end);
    return { opcode: (bytes[0] ?? 0) & 15, payload };
  }
}

/** Accepts a client's upgrade to WebSocket. */
export function acceptWebSocket(
  request: IncomingMessage,
  stream: Duplex,
  onMessage: (message: unknown) => void = () => {},
): WebSocket {
  const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${magic}`).digest('base64');
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  stream.write(`${[...head, `Sec-WebSocket-Accept: ${key}`].join('\r\n')}\r\n\r\n`);
  return new WebSocket(stream, onMessage);
}

export const refuseWebSocket = (stream: Duplex, status: number): void =>
  void stream.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
