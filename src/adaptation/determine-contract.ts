import type { Contract, ContractExample, Example } from '../contract/example.js';
import type { DocumentedCall, EntryPoint, Facts, Parameter } from '../contract/facts.js';
import { FunctionInterface, type RunInterface } from '../contract/run-interface.js';
import { listTexts } from './list-texts.js';
import { readException } from './match-doctest.js';
import { isLiteral } from './python-literal.js';
import { findServedEntry, getSignature, hasReadableSignature } from './shapes/index.js';

export interface ContractSources {
  /** The user's own. */
  examples: readonly Example[];
  facts: Facts;
  runInterface: RunInterface;
}

/** Enough to be a check, few enough to be quick. */
const maxDocumentedCalls = 5;

/**
 * Returns what must hold, fixed before anything runs: the user's examples, else calls that the repository documents,
 * else nothing that anybody stated (`weak`). There it is only probed, by a call with the defaults, and only where the
 * signature itself names a valid call: every parameter has a literal default, none of them `None` (which often means
 * "required after all"). A function that a server serves, which `serves` in the interface describes, is not probed: it
 * would be called at the endpoint alone, in a cloud for money.
 */
export function determineContract({ examples, facts, runInterface }: ContractSources): Contract {
  if (examples.length > 0) return { source: 'user', examples: [...examples] };
  const { serves } = runInterface;
  const parsed = FunctionInterface.safeParse(serves ?? runInterface);
  if (!parsed.success) return { source: 'weak', examples: [] };
  const entry = findServedEntry(facts, parsed.data);
  const documented = facts.documentedCalls
    .filter((call) => isInformative(call) && isCallOf(call, parsed.data, entry, facts))
    .map((call) => toExample(call, parsed.data, entry))
    .filter((example) => example !== undefined);
  if (documented.length > 0) return { source: 'repository', examples: documented.slice(0, maxDocumentedCalls) };
  const isProbed = serves === undefined && isCallableWithoutInputs(parsed.data, entry);
  return { source: 'weak', examples: isProbed ? [{ input: {}, match: 'subset' }] : [] };
}

/** A call counts when it names the callable and stands where that name means it: its own file, or one that imports it. */
function isCallOf(
  call: DocumentedCall,
  { callable }: FunctionInterface,
  entry: EntryPoint | undefined,
  facts: Facts,
): boolean {
  if (entry === undefined || call.callable !== callable) return false;
  return call.origin === 'readme' || call.file === entry.file || (facts.imports[call.file] ?? []).includes(entry.file);
}

/** What is not to be run shows how a call is written; so does one of placeholders whose output nobody states. */
function isInformative(call: DocumentedCall): boolean {
  if (call.options?.includes('SKIP') || call.isPlaceholder) return false;
  const isStated = call.output !== undefined || call.outputText !== undefined;
  return isStated || !listTexts([call.positional, call.input]).some(isPlaceholder);
}

/** `...`, `path/to/image.png`, `<your text>`, an address: of no use where nobody is there to put something in its place. */
const isPlaceholder = (text: string): boolean =>
  /^\s*(\.{3}|…|<[^<>]*>)\s*$|(^|[/\\])path[/\\_-]to[/\\_-]|^[a-z][a-z0-9+.-]*:\/\//i.test(text);

function toExample(
  call: DocumentedCall,
  { call: style }: FunctionInterface,
  entry: EntryPoint | undefined,
): ContractExample | undefined {
  const input = style === 'inputs' ? getSoleArgument(call) : getNamedArguments(call, entry);
  if (input === undefined) return undefined;
  const { file, line, output, outputText, options = [] } = call;
  const isByText = outputText !== undefined && isComparedAsText(outputText, options);
  return {
    input,
    ...(output !== undefined && { output }),
    match: 'subset',
    place: `${file}:${line}`,
    ...(isByText && { doctest: { want: outputText, options } }),
  };
}

/** A literal is compared by its value, unless its option flags say that it is not meant word for word. */
const isComparedAsText = (want: string, options: string[]): boolean =>
  readException(want) !== undefined ||
  options.includes('NORMALIZE_WHITESPACE') ||
  (options.includes('ELLIPSIS') && want.includes('...'));

/** `predict({...})` and `predict(inputs={...})`: the argument is the input. */
function getSoleArgument({ positional, input }: DocumentedCall): unknown {
  const given = [...positional, ...(positional.length > 0 ? [] : Object.values(input ?? {}))];
  return given.length === 1 ? given[0] : undefined;
}

function getNamedArguments({ positional, input }: DocumentedCall, entry: EntryPoint | undefined): unknown {
  if (input !== null) return input;
  const names = (entry?.parameters ?? []).filter(({ kind }) => kind === 'positional').map(({ name }) => name);
  if (positional.length > names.length) return undefined;
  return Object.fromEntries(positional.map((value, index) => [names[index], value]));
}

function isCallableWithoutInputs({ call, callable }: FunctionInterface, entry: EntryPoint | undefined): boolean {
  if (call === 'inputs' || entry === undefined || entry.decorators !== undefined) return false;
  const method = callable.split('.').slice(1).join('.') || undefined;
  return hasReadableSignature(entry, method) && getSignature(entry, method).parameters.every(isOptionalParameter);
}

/** `Input(description="…")` and the like describe a parameter; what a name stands for may be a mark that it is required. */
const isOptionalParameter = ({ kind, default: value }: Parameter): boolean =>
  kind === 'variadic' || kind === 'keywords' || (value !== null && value !== 'None' && isLiteral(value));
