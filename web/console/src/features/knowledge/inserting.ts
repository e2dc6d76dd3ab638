// Putting Markdown where the cursor is, and showing pictures that were just added before readers may see them.

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

const shown = new Map<string, string>();

/** Keeps the bytes of a picture under the id the server gave it. */
export async function rememberPicture(id: string, file: File): Promise<void> {
  const url = await new Promise<string>((resolve) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(String(reader.result)));
    reader.addEventListener('error', () => resolve(''));
    reader.readAsDataURL(file);
  });
  if (url) shown.set(id, url);
}

/** Readers' addresses of pictures as paths of this origin; the last part is the picture's id. */
const ADDRESS = /src="(?:https?:\/\/[^"/]+)?(\/help\/images\/[\w-]+\/(\w+))"/g;

/** The HTML with the pictures of this visit inside it: readers' addresses open only once the article is published. */
export function withPictures(html: string): string {
  return html.replaceAll(ADDRESS, (_, path: string, id: string) => `src="${shown.get(id) ?? path}"`);
}
