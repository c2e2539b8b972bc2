/** A line of a repository's file, with its location: `requirements.txt:3`. */
export interface SourceLine {
  text: string;
  /** Path relative to the repository, or the name of another manifest that contains the requirement. */
  file: string;
  /** Counts from 1; the first line of a continued one. Null in another manifest. */
  line: number | null;
}

export const describeLocation = ({ file, line }: Pick<SourceLine, 'file' | 'line'>): string =>
  line === null ? file : `${file}:${line}`;
