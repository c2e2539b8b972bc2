import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { BerthError } from '../errors.js';
import { type AgentSettings, BuiltInSettings, UserDefinedSettings } from './agent-settings.js';

const AgentName = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Parses `config.yaml`.
 *
 * @throws AGENT_CONFIG with one line per mistake: `FILE:LINE: KEY: problem`.
 */
export function parseAgentSettings(file: string, text: string, builtInNames: readonly string[]): AgentSettings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map((error) => `${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`);
  if (broken.length > 0) throw new BerthError('AGENT_CONFIG', broken.join('\n'));
  const parsed = createFileSchema(builtInNames).safeParse(document.toJS() ?? {});
  if (!parsed.success) {
    const mistakes = parsed.error.issues.flatMap(describeIssue);
    const written = mistakes.map(
      ({ path, problem }) => `${file}:${findLine(document.contents, lines, path)}: ${path.join('.')}: ${problem}`,
    );
    throw new BerthError('AGENT_CONFIG', written.join('\n'));
  }
  const agents = Object.entries(parsed.data.agents ?? {});
  return {
    builtIn: Object.fromEntries(agents.filter((entry): entry is [string, BuiltInSettings] => !('argv' in entry[1]))),
    userDefined: Object.fromEntries(
      agents.filter((entry): entry is [string, UserDefinedSettings] => 'argv' in entry[1]),
    ),
  };
}

const createFileSchema = (builtInNames: readonly string[]) =>
  z.strictObject({
    agents: z
      .record(z.string(), z.unknown())
      .transform((agents, context) => {
        const settings: Record<string, BuiltInSettings | UserDefinedSettings> = {};
        for (const [name, value] of Object.entries(agents)) {
          const isBuiltIn = builtInNames.includes(name);
          if (!isBuiltIn && !AgentName.test(name)) {
            context.addIssue({
              code: 'custom',
              path: [name],
              message: 'use lowercase letters, digits and hyphens in a name',
            });
          }
          const parsed = (isBuiltIn ? BuiltInSettings : UserDefinedSettings).safeParse(value ?? {});
          if (parsed.success) settings[name] = parsed.data;
          // Reports the issues of the inner schema below the agent's name.
          else
            for (const issue of parsed.error.issues)
              context.issues.push({ ...issue, path: [name, ...issue.path], input: value } as never);
        }
        return settings;
      })
      .optional(),
  });

interface Mistake {
  path: PropertyKey[];
  problem: string;
}

function describeIssue(issue: z.core.$ZodIssue): Mistake[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], problem: 'unknown key' }));
  }
  return [{ path: issue.path, problem: issue.message.replace(/^Invalid input: /, '') }];
}

/** Returns the line of the innermost key of a path that exists in the file. */
function findLine(node: unknown, lines: LineCounter, path: PropertyKey[]): number {
  let line = 1;
  for (const key of path) {
    const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    if (pair === undefined) break;
    if (isScalar(pair.key) && pair.key.range) line = lines.linePos(pair.key.range[0]).line;
    node = pair.value;
  }
  return line;
}
