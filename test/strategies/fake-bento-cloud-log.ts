import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { acceptWebSocket, type WebSocket } from '../support/web-socket.js';

/** Pod of the fake BentoCloud. */
export interface Pod {
  name: string;
  logFile: string;
}

/** Bytes of a piece, so small that lines and characters are split. */
const pieceBytes = 61;

/** Sends the pods of a deployment once. */
export function sendPods(request: IncomingMessage, stream: Duplex, pods: Pod[]): void {
  const payload = pods.map(({ name }) => ({
    name,
    namespace: 'bento',
    labels: { 'yatai.ai/bento-function-component-type': 'api-server' },
    pod_status: { status: 'Running', reason: '' },
    status: { phase: 'Running', ready: true },
    runner_name: '',
  }));
  acceptWebSocket(request, stream).send({ type: 'success', message: '', payload });
}

interface Message {
  type: string;
  payload?: { container_name: string; follow: boolean; tail_lines?: number };
}

/** Sends the log of a pod after its client requests it in its first message. */
export function tailPod(request: IncomingMessage, stream: Duplex, { pod, note }: Tail): void {
  const socket: WebSocket = acceptWebSocket(request, stream, (message) => {
    const { type, payload } = message as Message;
    if (type === 'heartbeat') {
      note('heartbeat');
      socket.send({ type: 'heartbeat', message: '', payload: null });
    }
    if (type === 'data' && payload?.container_name === 'main') void sendLog(socket, { pod, note }, payload);
  });
}

interface Tail {
  pod: Pod;
  note: (event: 'heartbeat' | 'followed') => void;
}

async function sendLog(
  socket: WebSocket,
  { pod, note }: Tail,
  options: NonNullable<Message['payload']>,
): Promise<void> {
  const { logFile } = pod;
  const printed = readFileSync(logFile);
  const lines = printed.toString().split(/(?<=\n)/);
  const { tail_lines: tail = lines.length } = options;
  let offset = printed.length;
  sendPieces(socket, Buffer.from(lines.slice(lines.length - tail).join('')));
  if (options.follow) note('followed');
  while (options.follow && socket.isOpen) {
    await sleep(50);
    const now = readFileSync(logFile);
    sendPieces(socket, now.subarray(offset));
    offset = now.length;
  }
  if (!options.follow) socket.send({ type: 'success', message: 'EOF', payload: null });
}

function sendPieces(socket: WebSocket, bytes: Buffer): void {
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    const items = [bytes.subarray(start, start + pieceBytes).toString('base64')];
    socket.send({ type: 'success', message: '', payload: { type: 'append', items } });
  }
}
