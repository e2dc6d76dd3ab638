// Reading what people type into settings.

/** Words separated by commas. */
export function readList(text: string): string[] {
  return text.split(',').map((word) => word.trim()).filter(Boolean);
}
