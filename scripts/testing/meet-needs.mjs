import { needs } from './needs.mjs';

/**
 * Finds what the test files need, and gets what package registries have of it. Returns the variables of each need that is
 * met, and what is wrong with each other.
 */
export async function meetNeeds(names, onProgress) {
  const tasks = new Map();
  const once = (name, make) => {
    if (!tasks.has(name)) tasks.set(name, make());
    return tasks.get(name);
  };
  const context = {
    report: onProgress,
    /** Gets something from a registry, once for all that need it. */
    fetchOnce: (what, make) => once(`fetch ${what}`, () => sayWhileSlow(what, onProgress, make)),
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

/** What is there is found at once; what is fetched takes minutes at worst, in which lines show that it goes on. */
async function sayWhileSlow(what, onProgress, make) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const first = setTimeout(() => onProgress(`getting ${what}, once`), 2_000);
  const more = setInterval(() => onProgress(`still getting ${what} after ${seconds()} s`), 30_000);
  try {
    const made = await make();
    if (seconds() >= 2) onProgress(`got ${what} in ${seconds()} s`);
    return made;
  } finally {
    clearTimeout(first);
    clearInterval(more);
  }
}
