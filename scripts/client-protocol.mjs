import { readFile } from 'node:fs/promises';

/** What clients do not speak, by its place among the packages: most of it is the workers' and Temporal Cloud's. */
const unspoken = [['coresdk'], ['nexusannotations'], ['temporal', 'api', 'cloud']];

/**
 * Of Temporal's protocol, which every command sets up as it starts, bundles what a client speaks: some two thirds. As text,
 * which is read faster than code.
 */
export const clientProtocol = {
  name: 'client-protocol',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@temporalio[\\/]proto[\\/]protos[\\/]json-module\.js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      const [, head, text, tail] = /^([\s\S]*\.addJSON\()(\{[\s\S]*\})(\);[\s\S]*)$/.exec(code);
      const packages = JSON.parse(text);
      for (const names of unspoken) remove(packages, names);
      return { contents: `${head}JSON.parse(${JSON.stringify(JSON.stringify(packages))})${tail}` };
    });
  },
};

function remove(packages, [name, ...rest]) {
  if (packages[name] === undefined) throw new Error(`Temporal's protocol has no package ${name} any more`);
  if (rest.length === 0) delete packages[name];
  else remove(packages[name].nested, rest);
}
