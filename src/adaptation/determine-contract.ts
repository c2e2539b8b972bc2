import type { Contract, ContractExample, Example } from '../contract/example.js';
import type { DocumentedCall, EntryPoint, Facts, Parameter } from '../contract/facts.js';
import { FunctionInterface, type RunInterface } from '../contract/run-interface.js';
import { listTexts } from './list-texts.js';
import { readException } from './match-doctest.js';
import { isLiteral } from './python-literal.js';
import { findServedEntry, getSignature, hasReadableSignature } from './shapes/index.js';

export interface ContractSources {
  /** The user's examples. */
  examples: readonly Example[];
  facts: Facts;
  runInterface: RunInterface;
}

/** Enough for a check, few enough to be quick. */
const maxDocumentedCalls = 5;

/**
 * Determines the contract before anything runs: the user's examples, or else calls documented in the repository, or
 * else a `weak` contract. A weak contract has at most a probe: a call with the defaults. The probe runs only if every
 * parameter has a literal default other than `None` (which often means "required after all"). A function behind a
 * server, described by `serves` in the interface, is not probed: the call would run only at the endpoint, perhaps in a
 * cloud for money.
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

/**
 * Returns true if a call names the callable in a file where the name refers to it: its own file, or one that imports
 * it.
 */
function isCallOf(
  call: DocumentedCall,
  { callable }: FunctionInterface,
  entry: EntryPoint | undefined,
  facts: Facts,
): boolean {
  if (entry === undefined || call.callable !== callable) return false;
  return call.origin === 'readme' || call.file === entry.file || (facts.imports[call.file] ?? []).includes(entry.file);
}

/**
 * Returns false for a call that only shows syntax: marked as skipped, or with placeholders and no documented output.
 */
function isInformative(call: DocumentedCall): boolean {
  if (call.options?.includes('SKIP') || call.isPlaceholder) return false;
  const isStated = call.output !== undefined || call.outputText !== undefined;
  return isStated || !listTexts([call.positional, call.input]).some(isPlaceholder);
}

/** Matches placeholders that only a person can fill in: `...`, `path/to/image.png`, `<your text>`, a URL. */
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

/**
 * Returns true for output that is compared as text. Literals are compared by value, unless option flags make them a
 * pattern.
 */
const isComparedAsText = (want: string, options: string[]): boolean =>
  readException(want) !== undefined ||
  options.includes('NORMALIZE_WHITESPACE') ||
  (options.includes('ELLIPSIS') && want.includes('...'));

/** Returns the input of `predict({...})` or `predict(inputs={...})`. */
function getSoleArgument({ positional, input }: DocumentedCall): unknown {
  const values = positional.length > 0 ? positional : Object.values(input ?? {});
  return values.length === 1 ? values[0] : undefined;
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

/**
 * Returns true if the default is a literal value. `Input(description="…")` describes a parameter; a name may mark it as
 * required.
 */
const isOptionalParameter = ({ kind, default: value }: Parameter): boolean =>
  kind === 'variadic' || kind === 'keywords' || (value !== null && value !== 'None' && isLiteral(value));
