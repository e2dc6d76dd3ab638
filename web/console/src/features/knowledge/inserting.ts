// Putting Markdown where the cursor is.

/** Inserts text at the cursor in a way that undo takes back; `set` gets the whole text. */
export function insertAt(area: HTMLTextAreaElement | null, text: string, set: (whole: string) => void): void {
  if (!area) return;
  area.focus();
  // The old command is the only way in that keeps the field's undo. While a dialog holds the focus it would write there,
  // so then, and without it, the text is set as a whole.
  if (document.activeElement === area && document.execCommand?.('insertText', false, text)) return;
  const { selectionStart, selectionEnd, value } = area;
  set(value.slice(0, selectionStart) + text + value.slice(selectionEnd));
}

/** Markdown of a picture with its file's name as the first draft of what it shows. */
export function described(markdown: string, fileName: string): string {
  const words = fileName.replace(/\.\w+$/, '').replaceAll(/[_\-[\]\\]+/g, ' ').trim();
  return markdown.replace(/^!\[\]/, () => `![${words}]`);
}
