/** Minimum length of a form to redact. A shorter one would blank out ordinary text. */
const minLength = 4;

/** Replaces the values of secrets in a text, both verbatim and as JSON and URLs encode them. */
export function redact(text: string, values: Iterable<string>): string {
  const forms = [...values].flatMap(listWrittenForms).filter((form) => form.length >= minLength);
  // Longest first, because one value may contain another.
  const ordered = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return ordered.reduce((scrubbed, form) => scrubbed.replaceAll(form, '[redacted]'), text);
}

/** Includes each line of a value, because a log may be cut in the middle of one, such as a private key. */
const listWrittenForms = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(Buffer.from(value).toString()),
  ...value.split(/\r?\n/),
];
