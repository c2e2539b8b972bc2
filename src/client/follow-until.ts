import type { DeploymentInfo } from '../contract/status.js';

export interface FollowOptions {
  signal?: AbortSignal;
}

/** Reads a deployment's info and waits for its next event. */
export interface StatusSource {
  readInfo(): Promise<DeploymentInfo>;
  waitForNext(signal?: AbortSignal): Promise<void>;
}

/** Follows a deployment until `isOver`; reports the first info and each different one. */
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
