import { condition, defineQuery, defineSignal, proxySinks, setHandler, sleep, upsertMemo } from '@temporalio/workflow';

type Writer = 'far' | 'near';
export const writeSignal = defineSignal<[Writer]>('write');
export const writtenQuery = defineQuery<Writer[]>('written');

/** Called whenever the workflow runs from its first event. */
export type Sinks = { watch: { begun(): void } };

const { watch } = proxySinks<Sinks>();

/** Two coroutines that write on a signal; the far one needs more microtasks before it writes. */
export async function racingWriters(): Promise<void> {
  const signaled = new Set<Writer>();
  const written: Writer[] = [];
  setHandler(writeSignal, (writer) => void signaled.add(writer));
  setHandler(writtenQuery, () => {
    blockThread();
    return written;
  });
  watch.begun();
  await Promise.all([writeFar(signaled, written), writeNear(signaled, written)]);
}

async function writeFar(signaled: Set<Writer>, written: Writer[]): Promise<void> {
  await condition(() => signaled.has('far'));
  for (let hop = 0; hop < 20; hop += 1) await undefined;
  written.push('far');
  upsertMemo({ far: true });
}

async function writeNear(signaled: Set<Writer>, written: Writer[]): Promise<void> {
  await condition(() => signaled.has('near'));
  written.push('near');
  await sleep(1);
}

/** Blocks for about half a second, so that events reach the server meanwhile. */
function blockThread(): void {
  for (let step = 0; step < 4e8; step += 1);
}
