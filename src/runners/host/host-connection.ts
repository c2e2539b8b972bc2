import { connect, type Socket } from 'node:net';
import { encodeFrames, FrameReader } from './frames.js';

interface PendingRequest {
  resolve: (answer: string) => void;
  reject: (error: Error) => void;
}

/** A connection to a host process: one request at a time, answered by one frame. Idle, it does not keep Node.js running. */
export class HostConnection {
  private readonly reader = new FrameReader();
  private pending: PendingRequest | undefined;
  isOpen = true;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the connection was closed')));
    socket.unref();
  }

  /** Connects. Rejects with the system error (ENOENT, ECONNREFUSED) if nothing listens. */
  static open(path: string): Promise<HostConnection> {
    return connectSocket(path).then((socket) => new HostConnection(socket));
  }

  /** Returns the text of the answer. Rejects if the connection ends before it arrives. */
  request(...texts: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(new Error('the connection was closed'));
      this.pending = { resolve, reject };
      this.socket.ref();
      this.socket.write(encodeFrames(...texts));
    });
  }

  /** Returns the text of the answer. Rejects and closes the connection if it does not arrive within `timeout` milliseconds. */
  async requestWithTimeout(request: Record<string, string>, timeout: number): Promise<string> {
    const timer = setTimeout(() => this.close(), timeout);
    try {
      return await this.request(JSON.stringify(request));
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.socket.destroy();
    this.fail(new Error('the connection was closed'));
  }

  private receive(chunk: Buffer): void {
    const answer = this.reader.add(chunk);
    if (answer === undefined) return;
    const { pending } = this;
    this.pending = undefined;
    this.socket.unref();
    pending?.resolve(answer);
  }

  private fail(error: Error): void {
    this.isOpen = false;
    this.pending?.reject(error);
    this.pending = undefined;
  }
}

/** Connects to a unix socket. Rejects with the system error. */
export function connectSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
