import type { DeploymentInfo } from '../contract/status.js';

// Looks at a deployment whenever something has happened to it, until it is as somebody waits for.

export interface FollowOptions {
  signal?: AbortSignal;
}

/** How a deployment is seen, and how one knows that another look is worth it. */
export interface StatusSource {
  readInfo(): Promise<DeploymentInfo>;
  waitForNext(signal?: AbortSignal): Promise<void>;
}

/** Tells each difference, the first look included. */
export async function followUntil(
  { readInfo, waitForNext }: StatusSource,
  isOver: (info: DeploymentInfo) => boolean,
  onChange: (info: DeploymentInfo) => void,
  { signal }: FollowOptions = {},
): Promise<DeploymentInfo> {
  for (let seen = ''; ; await waitForNext(signal)) {
    signal?.throwIfAborted();
    const info = await readInfo();
    const now = JSON.stringify(info);
    if (now !== seen) onChange(info);
    seen = now;
    if (isOver(info)) return info;
  }
}
