import { condition, defineQuery, defineSignal, proxySinks, setHandler, sleep, upsertMemo } from '@temporalio/workflow';

type Writer = 'far' | 'near';
export const writeSignal = defineSignal<[Writer]>('write');
export const writtenQuery = defineQuery<Writer[]>('written');

/** Told whenever the workflow begins to run, from its first event on. */
export type Sinks = { watch: { begun(): void } };

const { watch } = proxySinks<Sinks>();

/** Two loops that write when they are told to; the one has further to go until it does. */
export async function racingWriters(): Promise<void> {
  const told = new Set<Writer>();
  const written: Writer[] = [];
  setHandler(writeSignal, (writer) => void told.add(writer));
  setHandler(writtenQuery, () => {
    blockThread();
    return written;
  });
  watch.begun();
  await Promise.all([writeFar(told, written), writeNear(told, written)]);
}

async function writeFar(told: Set<Writer>, written: Writer[]): Promise<void> {
  await condition(() => told.has('far'));
  for (let hop = 0; hop < 20; hop += 1) await undefined;
  written.push('far');
  upsertMemo({ far: true });
}

async function writeNear(told: Set<Writer>, written: Writer[]): Promise<void> {
  await condition(() => told.has('near'));
  written.push('near');
  await sleep(1);
}

/** About half a second, in which what happens meanwhile reaches the server. */
function blockThread(): void {
  for (let step = 0; step < 4e8; step += 1);
}
