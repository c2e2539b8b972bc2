import { needs } from './needs.mjs';

/**
 * Finds what the test files need, and gets what package registries have. Returns the variables of each need that is met,
 * and what is wrong with each other.
 */
export async function meetNeeds(names, onProgress) {
  const met = new Map();
  const unmet = new Map();
  const shared = new Map();
  const once = (key, make) => {
    if (!shared.has(key)) shared.set(key, make());
    return shared.get(key);
  };
  const provided = (name) =>
    once(name, async () => {
      const report = (line) => onProgress(`${name}: ${line}`);
      return await sayWhileSlow(needs[name], report, () => needs[name].provide({ report, once, provided }));
    });
  await Promise.all(
    names.map((name) =>
      provided(name).then(
        (variables) => met.set(name, variables),
        (error) => unmet.set(name, error.message.trim().replaceAll(/\s*\n\s*/g, ' ')),
      ),
    ),
  );
  return { met: new Map([...met].sort()), unmet: new Map([...unmet].sort()) };
}

/** What is there is found at once; what is fetched takes minutes at worst, in which a line a while shows that it goes on. */
async function sayWhileSlow({ isFetched = false }, report, provide) {
  if (!isFetched) return await provide();
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const first = setTimeout(() => report('getting it from its registry, once'), 3_000);
  const more = setInterval(() => report(`still at it after ${seconds()} s`), 30_000);
  try {
    const variables = await provide();
    if (seconds() >= 3) report(`there after ${seconds()} s`);
    return variables;
  } finally {
    clearTimeout(first);
    clearInterval(more);
  }
}
