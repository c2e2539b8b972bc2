import { writeJson } from '../../../src/json/write-json.js';
import type { ServiceApi, ValueSchema } from './service-api.js';

export interface RequestBody {
  contentType: string;
  body: string | Buffer;
}

/** Inputs that do not fit the API. */
export class InvalidInputError extends Error {}

/**
 * Writes plain inputs in the form that the API takes.
 *
 * @throws InvalidInputError when they do not fit.
 */
export type Encode = (inputs: unknown) => RequestBody | Promise<RequestBody>;

/** Chooses JSON, or a form when one of the inputs is a file. */
export function chooseEncoding({ input, call }: ServiceApi): Encode {
  if (input.root_input && isFile(input)) return encodeRootFile;
  const properties = input.properties ?? {};
  if (Object.values(properties).some(isFile)) return (inputs) => encodeForm(properties, inputs);
  if (call === 'arguments')
    return (inputs) => {
      refuseUnknown(properties, inputs);
      return encodeJson(inputs);
    };
  const isWrapped = !input.root_input && Object.keys(properties).join() === 'inputs';
  return isWrapped ? (inputs) => encodeJson(wrapInputs(inputs, call)) : encodeJson;
}

const encodeJson = (value: unknown): RequestBody => ({
  contentType: 'application/json',
  body: writeJson(value ?? null),
});

/** Wraps inputs as `{"inputs": …}`, the only parameter of the API, unless the caller did so. */
function wrapInputs(inputs: unknown, call: ServiceApi['call']): unknown {
  const isWrapped = isRecord(inputs) && Object.keys(inputs).length === 1 && 'inputs' in inputs;
  return isWrapped && call === null ? inputs : { inputs };
}

/** Refuses unknown inputs: BentoML ignores them, so a misspelled option would go unnoticed. */
function refuseUnknown(properties: Record<string, ValueSchema>, inputs: unknown): void {
  if (!isRecord(inputs))
    throw new InvalidInputError(`the inputs are an object with: ${Object.keys(properties).join(', ')}`);
  const unknown = Object.keys(inputs).filter((name) => !Object.hasOwn(properties, name));
  if (unknown.length === 0) return;
  const known = Object.keys(properties).join(', ') || 'nothing';
  throw new InvalidInputError(`there is no input called ${unknown.join(', ')}; it takes: ${known}`);
}

const isFile = ({ type, items, anyOf = [] }: ValueSchema): boolean =>
  type === 'file' || items?.type === 'file' || anyOf.some(isFile);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function encodeRootFile(inputs: unknown): RequestBody {
  const { contentType, content } = readDataUri('the input', inputs);
  return { contentType, body: content };
}

async function encodeForm(properties: Record<string, ValueSchema>, inputs: unknown): Promise<RequestBody> {
  if (!isRecord(inputs))
    throw new InvalidInputError(`the inputs are an object with: ${Object.keys(properties).join(', ')}`);
  const form = new FormData();
  for (const [name, value] of Object.entries(inputs)) {
    if (isFile(properties[name] ?? {})) addFiles(form, name, value);
    else form.append(name, typeof value === 'string' ? value : writeJson(value));
  }
  const encoded = new Response(form);
  const contentType = encoded.headers.get('content-type') ?? 'multipart/form-data';
  return { contentType, body: Buffer.from(await encoded.arrayBuffer()) };
}

/** Adds files to a form. BentoML fetches an address itself. A null leaves the file out. */
function addFiles(form: FormData, name: string, value: unknown): void {
  if (value === null) return;
  for (const item of Array.isArray(value) ? value : [value]) {
    if (typeof item === 'string' && /^https?:\/\//.test(item)) {
      form.append(name, item);
      continue;
    }
    const { contentType, content } = readDataUri(name, item);
    form.append(name, new Blob([new Uint8Array(content)], { type: contentType }), buildFileName(name, contentType));
  }
}

/** Builds a file name with the type as its extension, for software that reads the name. */
const buildFileName = (name: string, contentType: string): string =>
  `${name}.${contentType === 'text/plain' ? 'txt' : (contentType.split('/')[1] ?? 'bin').replace(/^x-|\+.*$|[^\w.-]/g, '')}`;

function readDataUri(name: string, value: unknown): { contentType: string; content: Buffer } {
  const [prefix, type = '', base64] = (typeof value === 'string' && /^data:([^,]*?)(;base64)?,/.exec(value)) || [];
  if (typeof value !== 'string' || prefix === undefined)
    throw new InvalidInputError(
      `${name} is a file: give it as a data URI (data:image/png;base64,…) or as an http(s) address`,
    );
  const data = value.slice(prefix.length);
  const content = base64 ? Buffer.from(data, 'base64') : Buffer.from(decodeURIComponent(data));
  return { contentType: type.split(';')[0] || 'application/octet-stream', content };
}
