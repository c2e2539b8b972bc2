import { StrategyConfig } from '../contract/strategy-config.js';
import type { ConfigReading } from './parse-config.js';

/** Last reading of each file. Each selection reads the files again, and they rarely change. */
const cache = new Map<string, { text: string; reading: ConfigReading }>();

/** Reads the text of a `config.yaml`. A problem has one line per mistake: `config.yaml:3: interface: what is wrong`. */
export async function readConfig(file: string, text: string): Promise<ConfigReading> {
  const last = cache.get(file);
  if (last?.text === text) return last.reading;
  const reading = readValidJson(text) ?? (await readYaml(file, text));
  cache.set(file, { text, reading });
  return reading;
}

/** Parses JSON. The build writes the built-in strategies' YAML as JSON, which needs no YAML parser. */
function readValidJson(text: string): ConfigReading | undefined {
  try {
    return { config: StrategyConfig.parse(JSON.parse(text)) };
  } catch {
    return undefined;
  }
}

/** Loads the YAML parser only when it is needed, because it doubles the start-up time of a command. */
async function readYaml(file: string, text: string): Promise<ConfigReading> {
  const { parseConfig } = await import('./parse-config.js');
  return parseConfig(file, text);
}
