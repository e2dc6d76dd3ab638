// Whatever two colours a host page chooses, what is written on them can be read.
import { expect, test } from 'vitest';
import { contrast, readableOn, readColour, textOn, writeColour, type Rgb } from './contrast';

const STEPS = [0, 51, 102, 153, 204, 255];
const COLOURS: Rgb[] = STEPS.flatMap((red) => STEPS.flatMap((green) => STEPS.map((blue): Rgb => [red, green, blue])));

test('text on any ground reaches 4.5:1', () => {
  for (const ground of COLOURS) expect(contrast(ground, textOn(ground))).toBeGreaterThanOrEqual(4.5);
});

test('any colour can be moved until it reads on any ground', () => {
  for (const ground of COLOURS) expect(contrast(readableOn([11, 107, 116], ground), ground)).toBeGreaterThanOrEqual(4.5);
});

test('only hex colours are colours', () => {
  expect(readColour('#0b6b74')).toEqual([11, 107, 116]);
  expect(readColour('#fff')).toEqual([255, 255, 255]);
  for (const text of ['red', 'url(x)', '#12', '#fff;}*{display:none', null]) expect(readColour(text)).toBeNull();
  expect(writeColour([11, 107, 116])).toBe('#0b6b74');
});
