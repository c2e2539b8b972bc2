import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Who speaks Temporal's protocol here: an RPC or a message that none of this code names is never sent. */
const speakers = [
  ...['src', 'strategies'],
  ...['client', 'common'].map((name) => join('node_modules', '@temporalio', name, 'lib')),
];

/**
 * Of Temporal's protocol, which every command sets up as it starts, bundles what is spoken: some third. As text, which is
 * read faster than code.
 */
export const clientProtocol = {
  name: 'client-protocol',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@temporalio[\\/]proto[\\/]protos[\\/]json-module\.js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      const [, head, text, tail] = /^([\s\S]*\.addJSON\()(\{[\s\S]*\})(\);[\s\S]*)$/.exec(code);
      const { nested } = keepSpoken({ nested: JSON.parse(text) }, collectWords());
      return { contents: `${head}JSON.parse(${JSON.stringify(JSON.stringify(nested))})${tail}` };
    });
  },
};

function collectWords() {
  const files = speakers.flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true })
      .filter((file) => /(?<!\.d)\.[jt]s$/.test(file))
      .map((file) => join(root, directory, file)),
  );
  return new Set(files.flatMap((file) => readFileSync(file, 'utf8').match(/\w+/g) ?? []));
}

/** Cuts off RPCs and messages that no word names, and nothing refers to that stays. */
function keepSpoken(protocol, words) {
  const nodes = new Map(listNodes(protocol));
  for (const { methods = {} } of nodes.values())
    for (const rpc of Object.keys(methods)) if (!words.has(nameOfCall(rpc))) delete methods[rpc];
  const kept = new Set();
  const keep = (name) => {
    if (!nodes.has(name) || kept.has(name)) return;
    kept.add(name);
    keep(parentOf(name));
    for (const type of listReferences(nodes.get(name))) keep(findType(nodes, type, name));
  };
  for (const name of nodes.keys()) if (words.has(name.slice(name.lastIndexOf('.') + 1))) keep(name);
  return cut(protocol, kept);
}

/** Packages, services, messages and enumerations, each with its full name. */
const listNodes = ({ nested = {} }, scope = '') =>
  Object.entries(nested).flatMap(([key, node]) => [[within(scope, key), node], ...listNodes(node, within(scope, key))]);

const within = (scope, key) => (scope === '' ? key : `${scope}.${key}`);
const parentOf = (name) => name.slice(0, Math.max(name.lastIndexOf('.'), 0));

/** `StartWorkflowExecution` is `startWorkflowExecution` of the SDK's service. */
const nameOfCall = (rpc) => `${rpc[0].toLowerCase()}${rpc.slice(1)}`;

const listReferences = ({ fields = {}, methods = {} }) => [
  ...Object.values(fields).map(({ type }) => type),
  ...Object.values(methods).flatMap(({ requestType, responseType }) => [requestType, responseType]),
];

/** A name is looked for from its own scope outwards; of strings and numbers there is none. */
const findType = (nodes, type, scope) => {
  const name = within(scope, type);
  if (nodes.has(name) || scope === '') return name;
  return findType(nodes, type, parentOf(scope));
};

function cut({ nested = {}, ...node }, kept, scope = '') {
  const inner = Object.entries(nested).filter(([key]) => kept.has(within(scope, key)));
  if (inner.length === 0) return node;
  return { ...node, nested: Object.fromEntries(inner.map(([key, one]) => [key, cut(one, kept, within(scope, key))])) };
}
