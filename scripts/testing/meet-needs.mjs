import { needs } from './needs.mjs';

/**
 * Finds the needs of the test files, or fetches them from package registries. Returns the variables of each met need and
 * the problem of each unmet one.
 */
export async function meetNeeds(names, onProgress) {
  const tasks = new Map();
  const once = (name, task) => {
    if (!tasks.has(name)) tasks.set(name, task());
    return tasks.get(name);
  };
  const context = {
    report: onProgress,
    /** Fetches a tool from a registry once for all needs. */
    fetchOnce: (tool, fetch) => once(`fetch ${tool}`, () => reportWhileSlow(tool, onProgress, fetch)),
    provided: (name) => once(name, async () => needs[name].provide(context)),
  };
  const met = new Map();
  const unmet = new Map();
  const meet = (name) =>
    context.provided(name).then(
      (variables) => met.set(name, variables),
      (error) => unmet.set(name, error.message.trim().replaceAll(/\s*\n\s*/g, ' ')),
    );
  await Promise.all(names.map(meet));
  return { met: sortByName(met), unmet: sortByName(unmet) };
}

const sortByName = (entries) => new Map([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));

/** Reports progress while a fetch takes more than two seconds. */
async function reportWhileSlow(tool, onProgress, fetch) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const first = setTimeout(() => onProgress(`fetching ${tool} (once)`), 2_000);
  const more = setInterval(() => onProgress(`still fetching ${tool} after ${seconds()} s`), 30_000);
  try {
    const result = await fetch();
    if (seconds() >= 2) onProgress(`fetched ${tool} in ${seconds()} s`);
    return result;
  } finally {
    clearTimeout(first);
    clearInterval(more);
  }
}
