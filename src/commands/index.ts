import type { Command } from './command.js';

type Loader = () => Promise<Command>;

/** Every command, by group, as the help page lists them. Each file is read only when its command or the help is asked for. */
const groups: Record<string, Record<string, Loader>> = {
  'Deploy and call': {
    deploy: async () => (await import('./deploy.js')).deploy,
    run: async () => (await import('./run.js')).run,
    batch: async () => (await import('./batch.js')).batch,
  },
  Look: {
    list: async () => (await import('./list.js')).list,
    status: async () => (await import('./status.js')).status,
    logs: async () => (await import('./logs.js')).logs,
    diff: async () => (await import('./diff.js')).diff,
  },
  Life: {
    stop: async () => (await import('./stop.js')).stop,
    start: async () => (await import('./start.js')).start,
    abandon: async () => (await import('./abandon.js')).abandon,
    cleanup: async () => (await import('./cleanup.js')).cleanup,
  },
  Choose: {
    strategies: async () => (await import('./strategies.js')).strategies,
    explain: async () => (await import('./explain.js')).explain,
  },
  'The stack itself': {
    up: async () => (await import('./up.js')).up,
    down: async () => (await import('./down.js')).down,
    worker: async () => (await import('./worker.js')).worker,
    doctor: async () => (await import('./doctor.js')).doctor,
  },
};

export interface CommandGroup {
  title: string;
  commands: Command[];
}

/** The one command that these words call, or all of them when they call for help or for none that exists. */
export async function loadCommands(words: string[]): Promise<CommandGroup[]> {
  const name = words.find((word) => !word.startsWith('-'));
  for (const [title, loaders] of Object.entries(groups))
    if (name !== undefined && Object.hasOwn(loaders, name))
      return [{ title, commands: await Promise.all([loaders[name]?.()].filter((load) => load !== undefined)) }];
  return await Promise.all(
    Object.entries(groups).map(async ([title, loaders]) => ({
      title,
      commands: await Promise.all(Object.values(loaders).map((load) => load())),
    })),
  );
}
