/** Lists the images in `FROM`, `COPY --from` and mounts, with build arguments filled in. Omits stages and `scratch`. */
export function listBaseImages(dockerfile: string, settings: Record<string, string> = {}): string[] {
  const values: Record<string, string> = {};
  const stages = new Set(['scratch']);
  const names = new Set<string>();
  const add = (name: string) => {
    if (!stages.has(name.toLowerCase()) && !/^\d+$/.test(name)) names.add(name);
  };
  for (const line of listInstructions(dockerfile)) {
    const [, declared = ''] = /^ARG\s+(.*)$/i.exec(line) ?? [];
    for (const [, name = '', value = ''] of declared.matchAll(/(\w+)(?:=("[^"]*"|'[^']*'|\S*))?/g))
      values[name] ??= settings[name] ?? expand(unquote(value), values);
    const [, image, stage] = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? [];
    if (image !== undefined) add(expand(unquote(image), values));
    if (stage !== undefined) stages.add(stage.toLowerCase());
    const [, flags = ''] = /^(?:COPY|RUN)((?:\s+--\S+)+)/i.exec(line) ?? [];
    for (const [, source = ''] of flags.matchAll(/\bfrom=([^\s,]+)/g)) add(source);
  }
  return [...names];
}

/** Lists the instructions, each in one line, without comments and here-documents. */
function listInstructions(dockerfile: string): string[] {
  const lines = dockerfile.split(/\r?\n/).filter((line) => !/^\s*#/.test(line));
  const text = lines.join('\n').replaceAll(/\\[ \t]*\n/g, ' ');
  const withoutTexts = text.replaceAll(/<<-?(["']?)(\w+)\1.*\n[\s\S]*?^\t*\2$/gm, '');
  return withoutTexts.split('\n').map((line) => line.trim());
}

const unquote = (text: string): string => text.replace(/^(["'])(.*)\1$/, '$2');

/** Expands `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+alternative}`. */
const expand = (text: string, values: Record<string, string>): string =>
  text.replaceAll(
    /\$(?:(\w+)|\{(\w+)(?::?([-+])([^}]*))?\})/g,
    (_, plain?: string, braced?: string, sign?: string, word = '') => {
      const value = values[plain ?? braced ?? ''] ?? '';
      if (sign === '+') return value === '' ? '' : word;
      return value === '' && sign === '-' ? word : value;
    },
  );
