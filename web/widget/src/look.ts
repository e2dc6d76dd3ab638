// The panel's look: two colours of the host page, everything else derived from them so that text always reads (4.5:1).
// A constructed style sheet, which a strict content security policy allows.
import { readableOn, readColour, textOn, writeColour, luminance, type Rgb } from '@mainstay/ui/contrast';
import css from './panel.css?inline';

const ACCENT: Rgb = [11, 107, 116];
const GROUND: Rgb = [255, 255, 255];
const BAD: Rgb = [179, 38, 30];

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return a.map((part, at) => part + ((b[at] ?? 0) - part) * share) as Rgb;
}

/** The custom properties of a theme, as CSS text. */
export function themeOf(accentText: string, groundText: string): string {
  const accent = readColour(accentText) ?? ACCENT;
  const ground = readColour(groundText) ?? GROUND;
  const ink = textOn(ground);
  const text = mix(ink, ground, 0.08);
  const raised = mix(ground, ink, 0.05);
  const tinted = mix(ground, accent, 0.12);
  const values: Record<string, Rgb> = {
    accent,
    'on-accent': textOn(accent),
    ground,
    raised,
    tinted,
    text,
    'on-tinted': readableOn(text, tinted, 7),
    soft: readableOn(mix(ink, ground, 0.4), raised),
    line: mix(ground, ink, 0.14),
    edge: readableOn(mix(ink, ground, 0.55), ground, 3),
    link: readableOn(accent, raised),
    focus: readableOn(accent, ground, 3),
    bad: readableOn(BAD, ground),
  };
  const lines = Object.entries(values).map(([name, colour]) => `--${name}:${writeColour(colour)}`);
  return `.panel{${lines.join(';')};color-scheme:${luminance(ground) > 0.18 ? 'light' : 'dark'}}`;
}

export function panelStyle(accent: string, ground: string, side: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${themeOf(accent, ground)}\n.panel{${side === 'left' ? 'left' : 'right'}:20px}\n${css}`);
  return sheet;
}
