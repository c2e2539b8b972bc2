/** A line of a repository's file, and where it stands: `requirements.txt:3`. */
export interface SourceLine {
  text: string;
  /** Relative to the repository; or a manifest of another form, which holds the line as an item. */
  file: string;
  /** Counts from 1; of a line that is continued, its first. Null in a manifest of another form. */
  line: number | null;
}

export const describeLocation = ({ file, line }: Pick<SourceLine, 'file' | 'line'>): string =>
  line === null ? file : `${file}:${line}`;
