/** Identity of a host process, as it answers on its socket. */
export interface HostIdentity {
  deployment: string;
  revision: string;
  /** Random, and new at each start. */
  token: string;
  pid: number;
  startedAt: string;
  socket: string;
}

export interface HostStatus extends HostIdentity {
  /** Calls that are running or waiting. */
  calls: number;
  /** Calls whose code is running; absent if an earlier version of Berth started the host process, which has no queue. */
  running?: number;
  /** Calls that wait for their turn. */
  waiting?: number;
  /** Calls that were answered (timeout, cancel) while their code still runs. */
  abandoned: number;
  /** Seconds for which such code has blocked all other calls; 0 while calls are accepted. */
  stuck?: number;
  isStopping: boolean;
}
