import { parseDocument } from 'yaml';
import * as z from 'zod';
import { CallStyle, FunctionInterface, RunInterface } from '../../contract/run-interface.js';

/** What an agent says at its end. It is believed in nothing: the ladder tries the interface. */
export interface HandBack {
  runInterface: RunInterface;
  /** Where it says that the software answers; only ever reported. */
  endpointUrl: string | null;
  /** Its words in one line. */
  summary: string;
}

const longestSummary = 200;

/** Directories of the revision itself. */
const InnerPaths = z.array(z.string().refine((path) => !/^([/\\~]|[a-z]:)|(^|[/\\])\.\.([/\\]|$)/i.test(path)));

/** How it is called, and from where it is imported, is not the agent's to say: the code itself tells. */
const HandedFunction = FunctionInterface.extend({ call: CallStyle.optional(), paths: InnerPaths.optional() });

/**
 * Reads the tags out of a final message; of several the last counts. Around and in them much is tolerated: prose,
 * fences, attributes, single quotes, trailing commas. Answers with the problem, in words for the agent, when the run
 * interface is missing or not valid.
 */
export function readHandBack(message: string, type: string): HandBack | { problem: string } {
  const content = findLast(message, 'run_interface');
  if (content === undefined) return { problem: 'it has no <run_interface>…</run_interface>.' };
  const value = parseTolerantly(content);
  const schema = type === 'function' ? HandedFunction : RunInterface;
  const parsed = schema.safeParse(value);
  if (!parsed.success) return { problem: describeProblem(content, parsed.error) };
  if (parsed.data.type !== type) {
    return { problem: `the run interface has the type “${parsed.data.type}”; this strategy takes “${type}”.` };
  }
  const url = readUrl(findLast(message, 'endpoint_url'));
  if (url === undefined) return { problem: 'what stands in <endpoint_url> is no http or https address.' };
  return { runInterface: parsed.data, endpointUrl: url, summary: summarise(message) };
}

/** From the last opening tag that is closed; one that prose mentions opens nothing. */
function findLast(message: string, tag: string): string | undefined {
  const pattern = new RegExp(`<${tag}\\b[^>]*>((?:(?!<${tag}\\b)[\\s\\S])*?)</\\s*${tag}\\s*>`, 'gi');
  return [...message.matchAll(pattern)].at(-1)?.[1];
}

/** YAML knows all that models do to JSON: single quotes, trailing commas, bare keys. Undefined when it is neither. */
function parseTolerantly(content: string): unknown {
  const text = content.replaceAll(/^\s*```\w*\s*$/gm, '').replaceAll(/^\s*`+|`+\s*$/g, '');
  const document = parseDocument(text.trim(), { schema: 'core', version: '1.2' });
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

function describeProblem(content: string, error: z.ZodError): string {
  const problems = error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  return `the run interface ${JSON.stringify(content.trim().slice(0, 300))} is not valid: ${problems.join('; ')}.`;
}

/** Null where none is given, undefined where it is no address. */
function readUrl(content: string | undefined): string | null | undefined {
  const text = (content ?? '').replaceAll(/[`"'\s]/g, '');
  if (text === '' || /^(none|null|n\/a|-)$/i.test(text)) return null;
  return URL.canParse(text) && /^https?:/i.test(text) ? text : undefined;
}

function summarise(message: string): string {
  const prose = message.replaceAll(/<(run_interface|endpoint_url)\b[^>]*>[\s\S]*?<\/\s*\1\s*>/gi, '');
  const lines = prose.split('\n').map((line) => line.replace(/^[\s#*>-]+/, '').trim());
  const line = lines.find((one) => one !== '' && !one.startsWith('```')) ?? 'adapted the workspace';
  return line.length <= longestSummary ? line : `${line.slice(0, longestSummary)}…`;
}
