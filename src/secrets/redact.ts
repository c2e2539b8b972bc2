/** A shorter value would blank out ordinary text, and is no secret worth the name. */
const minLength = 4;

/** Scrubs the values of secrets out of text that is shown or kept: as they are, and as JSON and URLs write them. */
export function redact(text: string, values: Iterable<string>): string {
  const forms = [...values].flatMap(listWrittenForms).filter((form) => form.length >= minLength);
  // The longest first: one value may be a part of another.
  const ordered = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return ordered.reduce((scrubbed, form) => scrubbed.replaceAll(form, '[redacted]'), text);
}

/** Logs show a value of several lines, such as a private key, line by line, and may be cut between them. */
const listWrittenForms = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(Buffer.from(value).toString()),
  ...value.split(/\r?\n/),
];
