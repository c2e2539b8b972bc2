/** A table cell: the plain text sets the width, `paint` colors it. */
export interface Cell {
  text: string;
  paint?: (text: string) => string;
}

/** Renders rows with aligned columns, two spaces apart; the last column is not padded. */
export function renderTable(rows: Cell[][]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, { text }] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, text.length);
  return rows.map((row) => renderRow(row, widths)).join('\n');
}

function renderRow(row: Cell[], widths: number[]): string {
  const cells = row.map(({ text, paint = String }, column) => {
    const isLast = column === row.length - 1;
    return paint(text) + (isLast ? '' : ' '.repeat((widths[column] ?? 0) - text.length + 2));
  });
  return cells.join('').trimEnd();
}
