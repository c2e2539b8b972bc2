import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { acceptWebSocket, type WebSocket } from '../support/web-socket.js';

/** What the fake of BentoCloud has of a pod. */
export interface Pod {
  name: string;
  logFile: string;
}

/** Bytes: neither lines nor characters are kept whole. */
const pieceBytes = 61;

/** The pods of a deployment, told once. */
export function sendPods(asked: IncomingMessage, stream: Duplex, pods: Pod[]): void {
  const payload = pods.map(({ name }) => ({
    name,
    namespace: 'bento',
    labels: { 'yatai.ai/bento-function-component-type': 'api-server' },
    pod_status: { status: 'Running', reason: '' },
    status: { phase: 'Running', ready: true },
    runner_name: '',
  }));
  acceptWebSocket(asked, stream).send({ type: 'success', message: '', payload });
}

interface Said {
  type: string;
  payload?: { container_name: string; follow: boolean; tail_lines?: number };
}

/** The log of a pod, as its client asks for it in its first message. */
export function tailPod(asked: IncomingMessage, stream: Duplex, { pod, note }: Tail): void {
  const socket: WebSocket = acceptWebSocket(asked, stream, (message) => {
    const { type, payload } = message as Said;
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

async function sendLog(socket: WebSocket, { pod, note }: Tail, asked: NonNullable<Said['payload']>): Promise<void> {
  const { logFile } = pod;
  const printed = readFileSync(logFile);
  const lines = printed.toString().split(/(?<=\n)/);
  const { tail_lines: tail = lines.length } = asked;
  let offset = printed.length;
  sendPieces(socket, Buffer.from(lines.slice(lines.length - tail).join('')));
  if (asked.follow) note('followed');
  while (asked.follow && socket.isOpen) {
    await sleep(50);
    const now = readFileSync(logFile);
    sendPieces(socket, now.subarray(offset));
    offset = now.length;
  }
  if (!asked.follow) socket.send({ type: 'success', message: 'EOF', payload: null });
}

function sendPieces(socket: WebSocket, bytes: Buffer): void {
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    const items = [bytes.subarray(start, start + pieceBytes).toString('base64')];
    socket.send({ type: 'success', message: '', payload: { type: 'append', items } });
  }
}
