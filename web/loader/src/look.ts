// The launcher's look: one constructed style sheet, which a strict content security policy allows, and one drawing.

/** A colour of the host page, or ours when it is none; nothing else may reach the style sheet. */
function colour(text: string): string {
  return /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text) ? text : '#0b6b74';
}

/** Black or white, whichever reads better (WCAG relative luminance). */
function inkOn(ground: string): string {
  const hex = ground.length === 4 ? ground.replace(/[0-9a-f]/gi, '$&$&') : ground;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff';
}

export function launcherStyle(accent: string, side: string): CSSStyleSheet {
  const ground = colour(accent);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host { all: initial; }
.launcher {
  position: fixed; inset-block-end: 20px; ${side === 'left' ? 'left' : 'right'}: 20px; z-index: 2147483000;
  display: grid; place-items: center; width: 56px; height: 56px; padding: 0; border: 0; border-radius: 50%;
  background: ${ground}; color: ${inkOn(ground)}; cursor: pointer;
  box-shadow: 0 1px 3px rgb(0 0 0 / 0.24), 0 6px 20px rgb(0 0 0 / 0.2);
}
.launcher:focus-visible { outline: 3px solid ${ground}; outline-offset: 3px; }
.launcher[data-unread]::after {
  content: attr(data-unread); position: absolute; inset-block-start: -2px; inset-inline-end: -2px;
  min-width: 20px; padding: 0 5px; border: 2px solid #ffffff; border-radius: 12px; box-sizing: border-box;
  background: #b3261e; color: #ffffff; font: 600 12px/18px system-ui, sans-serif;
}
@media print { .launcher { display: none; } }
@media (max-width: 480px) { .launcher[aria-expanded='true'] { display: none; } }`);
  return sheet;
}

export function launcherIcon(): SVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const drawing = document.createElementNS(space, 'svg');
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('width', '26');
  drawing.setAttribute('height', '26');
  drawing.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(space, 'path');
  line.setAttribute('d', 'M4 5.5h16v11H10l-4.5 3.6v-3.6H4z');
  line.setAttribute('fill', 'none');
  line.setAttribute('stroke', 'currentColor');
  line.setAttribute('stroke-width', '1.8');
  line.setAttribute('stroke-linejoin', 'round');
  drawing.append(line);
  return drawing;
}
