import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { BerthError } from '../errors.js';

/** Loads modules on demand, which saves milliseconds of most calls. */
const load = createRequire(import.meta.url);

/** First port and number of ports to try: below the range that systems use for outgoing connections. */
const [firstPort, portCount] = [20_000, 12_000];
/** Ports to try before giving up. */
const maxAttempts = 200;

/**
 * Returns a free port of the address, for a server whose address must be known before it starts. The text determines
 * the first port to try, so that a server that starts again gets its old port if that is free.
 *
 * @throws START_FAILED when no port is free.
 */
export async function chooseFreePort(text: string, address = '127.0.0.1'): Promise<number> {
  const { createHash }: typeof import('node:crypto') = load('node:crypto');
  const startOffset = createHash('sha256').update(text).digest().readUInt32BE() % portCount;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const port = firstPort + ((startOffset + attempt) % portCount);
    if (await isPortFree(port, address)) return port;
  }
  throw new BerthError(
    'START_FAILED',
    `no port of ${maxAttempts} from ${firstPort + startOffset} on is free at ${address}`,
  );
}

/**
 * Returns true if the port of the address is free.
 *
 * @throws START_FAILED when the address belongs to another machine.
 */
export function isPortFree(port: number, address = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EADDRNOTAVAIL') reject(new BerthError('START_FAILED', `this machine has no address ${address}`));
      else resolve(false);
    });
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Returns true if exactly this process listens on the port, because the server that answers there may be another one.
 */
export function isListening(pid: number, port: number): boolean {
  return process.platform === 'linux' ? isListeningOnLinux(pid, port) : isListeningWithLsof(pid, port);
}

/**
 * Listening sockets of processes, as last found. A process that still has the socket open still listens, so the
 * machine's socket table, which costs the kernel milliseconds, is read only once.
 */
const lastSeen = new Map<string, string>();

function isListeningOnLinux(pid: number, port: number): boolean {
  const key = `${pid}:${port}`;
  const open = listOpenSockets(pid);
  if (open.has(lastSeen.get(key) ?? '')) return true;
  const socket = open.size === 0 ? undefined : listListeningSockets(port).find((listening) => open.has(listening));
  if (socket === undefined) lastSeen.delete(key);
  else lastSeen.set(key, socket);
  return socket !== undefined;
}

/** Returns `socket:[inode]` of each socket that the process has open. */
function listOpenSockets(pid: number): Set<string> {
  const directory = `/proc/${pid}/fd`;
  try {
    const links = readdirSync(directory).map((descriptor) => readLink(`${directory}/${descriptor}`));
    return new Set(links.filter((link) => link.startsWith('socket:')));
  } catch {
    return new Set(); // the process has ended
  }
}

/** Returns `socket:[inode]` of each socket that listens on the port. */
const listListeningSockets = (port: number): string[] =>
  ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listSockets(table, port));

function listSockets(table: string, port: number): string[] {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  return readText(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${hexadecimal}`))
    .map((fields) => `socket:[${fields[9]}]`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // without IPv6, there is no such table
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // the descriptor has been closed
  }
}

function isListeningWithLsof(pid: number, port: number): boolean {
  const { spawnSync }: typeof import('node:child_process') = load('node:child_process');
  const selection = ['-a', '-p', String(pid), '-nP', `-iTCP:${port}`, '-sTCP:LISTEN'];
  return spawnSync('lsof', selection, { stdio: 'ignore' }).status === 0;
}
