import { StrategyConfig } from '../contract/strategy-config.js';

export type ConfigReading = { config: StrategyConfig } | { problem: string };

/** What each file said last: it is read again before each selection, and hardly ever says something else. */
const cache = new Map<string, { text: string; reading: ConfigReading }>();

/** Reads the text of a `config.yaml`. A problem has one line per mistake: `config.yaml:3: interface: what is wrong`. */
export async function readConfig(file: string, text: string): Promise<ConfigReading> {
  const last = cache.get(file);
  if (last?.text === text) return last.reading;
  const reading = readValidJson(text) ?? (await readYaml(file, text));
  cache.set(file, { text, reading });
  return reading;
}

/** As the build has written those of Berth's own strategies: JSON is YAML that takes no parser of it. */
function readValidJson(text: string): ConfigReading | undefined {
  try {
    return { config: StrategyConfig.parse(JSON.parse(text)) };
  } catch {
    return undefined;
  }
}

/** The parser takes as long to load as all the rest of a command takes to read its options. */
async function readYaml(file: string, text: string): Promise<ConfigReading> {
  const { parseConfig } = await import('./parse-config.js');
  return parseConfig(file, text);
}
