// Contrast by WCAG 2.2: a host page gives two colours, and what is written on them must be readable whatever they are.

export type Rgb = [number, number, number];

/** Reads `#rgb` or `#rrggbb`; null for anything else, so that a bad setting falls back instead of injecting CSS. */
export function readColour(text: string | null | undefined): Rgb | null {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text?.trim() ?? '')?.[1];
  if (!hex) return null;
  const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
  return [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16)) as Rgb;
}

export function writeColour(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance, 0 (black) to 1 (white). */
export function luminance([red, green, blue]: Rgb): number {
  const linear = (part: number) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** Contrast ratio, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever reads better on this ground; one of them always reaches 4.5:1. */
export function textOn(ground: Rgb): Rgb {
  const white: Rgb = [255, 255, 255];
  const black: Rgb = [0, 0, 0];
  return contrast(ground, white) >= 4.5 || contrast(ground, white) >= contrast(ground, black) ? white : black;
}

/** The colour moved towards black or white until it reaches the ratio on this ground. */
export function readableOn(colour: Rgb, ground: Rgb, ratio = 4.5): Rgb {
  const target = luminance(ground) > 0.18 ? 0 : 255;
  for (let step = 0; step <= 20; step += 1) {
    const moved = colour.map((part) => part + (target - part) * (step / 20)) as Rgb;
    if (contrast(moved, ground) >= ratio) return moved;
  }
  return [target, target, target];
}
