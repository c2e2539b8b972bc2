import { setTimeout as sleep } from 'node:timers/promises';
import type { DeploymentInfo } from '../contract/status.js';

// Looks at a deployment again and again, until it is as somebody waits for.

export interface FollowOptions {
  signal?: AbortSignal;
}

/** Tells each difference, the first look included. */
export async function followUntil(
  look: () => Promise<DeploymentInfo>,
  isOver: (info: DeploymentInfo) => boolean,
  onChange: (info: DeploymentInfo) => void,
  options: FollowOptions = {},
): Promise<DeploymentInfo> {
  let seen = '';
  for (let pause = 25; ; pause = Math.min(pause * 1.2, 500)) {
    options.signal?.throwIfAborted();
    const info = await look();
    const now = JSON.stringify(info);
    if (now !== seen) onChange(info);
    seen = now;
    if (isOver(info)) return info;
    await sleep(pause, undefined, options);
  }
}
