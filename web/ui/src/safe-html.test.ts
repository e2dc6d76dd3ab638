// @vitest-environment jsdom
// The second wall: whatever HTML arrives, nothing in the fragment can run or reach out.
import { expect, test } from 'vitest';
import { safeFragment } from './safe-html';

function shown(html: string): string {
  const place = document.createElement('div');
  place.append(safeFragment(html));
  return place.innerHTML;
}

const ATTACKS = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<a href="javascript:alert(1)">x</a>', '<a href="  java\nscript:alert(1)">x</a>', '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>', '<object data="x"></object>', '<embed src=x>', '<form action="//evil"><input></form>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">', '<base href="//evil/">',
  '<style>@import "//evil"</style>', '<div style="background:url(//evil)">x</div>', '<img src="https://evil.example/pixel.gif">',
  '<video src=x onerror=alert(1)>', '<details open ontoggle=alert(1)>x</details>', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<p id="root" class="dialog" name="x">x</p>', '<a href="vbscript:msgbox(1)">x</a>', '<meta http-equiv="refresh" content="0;url=//evil">',
];

test.each(ATTACKS)('%s is harmless', (attack) => {
  const html = shown(attack);
  const place = document.createElement('div');
  place.innerHTML = html;
  expect(place.querySelector('script, style, iframe, object, embed, form, input, svg, math, base, video, meta, link, img')).toBeNull();
  for (const element of place.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      expect(name).not.toMatch(/^on|style|srcdoc|^id$|^class$/);
      if (name === 'href') expect(value).toMatch(/^(https?|mailto|tel):/);
    }
  }
});

test('ordinary writing stays as it is, and links open elsewhere', () => {
  expect(shown('<p dir="rtl">a <b>b</b></p><ul><li>c</li></ul>')).toBe('<p dir="rtl">a <b>b</b></p><ul><li>c</li></ul>');
  expect(shown('<a href="https://example.com/x">x</a>')).toBe('<a href="https://example.com/x" target="_blank" rel="noopener noreferrer nofollow">x</a>');
  expect(shown('<article>kept words</article>')).toBe('kept words');
});

test('pictures of our own show only under the path a caller names', () => {
  const place = document.createElement('div');
  const html = '<img src="/help/images/a/b"><img src="/help/images/../../evil"><img src="//evil.example/help/images/a"><img src="/other/a">';
  place.append(safeFragment(html, '/help/images/'));
  expect([...place.querySelectorAll('img')].map((image) => image.getAttribute('src'))).toEqual(['/help/images/a/b']);
  expect(shown(html)).toBe('');
});
