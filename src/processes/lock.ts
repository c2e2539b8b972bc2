import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toDiskError } from '../errors.js';
import { identifyProcess, isSameProcess, type ProcessIdentity } from './process-identity.js';

const pollInterval = 20;
const noticeDelay = 1000;

interface LockRequest {
  /** Directory of this lock's claims; created when missing. */
  directory: string;
  /** Called once when another process has held the lock for a second. */
  onWait?: (holder: ProcessIdentity) => void;
}

/**
 * Runs an action that only one process may run at a time. Others wait for their turn. A process that has ended (kill
 * -9, reboot) no longer holds the lock.
 *
 * Claims are numbered files, and the highest number counts. The claim of an ended process is not replaced but followed
 * by the next number, which only one process can create. So a takeover has no race.
 */
export async function withLock<T>(request: LockRequest, action: () => Promise<T>): Promise<T> {
  const claim = await claimLock(request);
  try {
    return await action();
  } finally {
    release(claim);
  }
}

async function claimLock(request: LockRequest): Promise<string> {
  try {
    mkdirSync(request.directory, { recursive: true });
    return await acquire(request);
  } catch (error) {
    throw toDiskError(error, request.directory) ?? error;
  }
}

async function acquire({ directory, onWait }: LockRequest): Promise<string> {
  const started = Date.now();
  let hasReported = false;
  for (;;) {
    const newest = findNewestClaim(directory);
    const holder = newest === 0 ? null : readHolder(join(directory, String(newest)));
    if (holder === null || !isSameProcess(holder)) {
      if (claimNumber(directory, newest + 1)) return join(directory, String(newest + 1));
      continue;
    }
    if (!hasReported && Date.now() - started > noticeDelay) {
      onWait?.(holder);
      hasReported = true;
    }
    await sleep(pollInterval);
  }
}

function claimNumber(directory: string, number: number): boolean {
  const draft = join(directory, `.${process.pid}-${Math.random().toString(36).slice(2)}`);
  const claim = join(directory, String(number));
  writeFileSync(draft, JSON.stringify(identifyProcess(process.pid)));
  try {
    // A link appears with its content or not at all, and fails when the number is taken.
    linkSync(draft, claim);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  // A slow process may have claimed a number that others have already passed and removed.
  if (findNewestClaim(directory) === number) {
    removeOldClaims(directory, number);
    return true;
  }
  rmSync(claim, { force: true });
  return false;
}

/**
 * Releases a claim. It remains the highest number, but without a holder. On a full disk it is truncated, which needs no
 * space.
 */
function release(claim: string): void {
  const empty = `${claim}.released`;
  try {
    writeFileSync(empty, 'null');
    renameSync(empty, claim);
  } catch (error) {
    if (toDiskError(error) === undefined) throw error;
    truncateQuietly(claim);
  }
}

function truncateQuietly(claim: string): void {
  try {
    writeFileSync(claim, '');
  } catch {
    // The file is on a read-only file system: the claim is held until this process ends.
  }
}

function removeOldClaims(directory: string, newest: number): void {
  for (const name of readdirSync(directory))
    if (Number(name) < newest - 5) rmSync(join(directory, name), { force: true });
}

function findNewestClaim(directory: string): number {
  const numbers = readdirSync(directory).map(Number).filter(Number.isInteger);
  return Math.max(0, ...numbers);
}

/** Returns null when the claim was released, or was passed and removed meanwhile. */
function readHolder(claim: string): ProcessIdentity | null {
  try {
    // Only `claimNumber` writes it.
    return JSON.parse(readFileSync(claim, 'utf8')) as ProcessIdentity | null;
  } catch {
    return null;
  }
}
