/** A value as a cell of a CSV file: in quotes where it has to be (RFC 4180), numbers as exact as JavaScript writes them. */
export function csvCell(value: string | number | boolean): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
