// A second wall around message HTML. The server has sanitised it; here it is parsed in an inert document and anything
// outside a short list is dropped again, links open elsewhere, and only pictures inside the message itself are shown
// (and those under one path of our own, where a caller names it).

const ELEMENTS = new Set(
  ('a abbr b blockquote br caption code col colgroup dd del div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li ' +
    'mark ol p pre q s samp small span strong sub sup table tbody td tfoot th thead tr u ul var').split(' '),
);
const DROPPED_WHOLE = new Set('script style template iframe object embed svg math form textarea select noscript title head'.split(' '));
const ATTRIBUTES = new Set(['href', 'src', 'alt', 'title', 'dir', 'lang', 'colspan', 'rowspan', 'start', 'width', 'height']);
const LINK_SCHEMES = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/** A fragment that is safe to put into the page. `pictures` is a path of this origin under which pictures may lie. */
export function safeFragment(html: string, pictures = ''): DocumentFragment {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const fragment = document.createDocumentFragment();
  for (const child of parsed.body.childNodes) append(fragment, child, pictures);
  return fragment;
}

/** The words of some HTML, without any markup. */
export function safeText(html: string): string {
  return safeFragment(html).textContent ?? '';
}

function append(target: Node, source: Node, pictures: string): void {
  if (source.nodeType === Node.TEXT_NODE) return void target.appendChild(document.createTextNode(source.nodeValue ?? ''));
  if (!(source instanceof Element)) return;
  const name = source.localName;
  if (DROPPED_WHOLE.has(name)) return;
  const holder = ELEMENTS.has(name) && isShowable(source, pictures) ? target.appendChild(copyElement(source, pictures)) : target;
  for (const child of source.childNodes) append(holder, child, pictures);
}

function isShowable(source: Element, pictures: string): boolean {
  return source.localName !== 'img' || isPicture(source.getAttribute('src') ?? '', pictures);
}

/** A picture inside the text, or one under the path; a path that climbs out of it is another path. */
function isPicture(source: string, path: string): boolean {
  if (source.startsWith('data:image/')) return true;
  return path.startsWith('/') && source.startsWith(path) && !/\.\.|%2e|\\/i.test(source);
}

function copyElement(source: Element, pictures: string): Element {
  const copy = document.createElement(source.localName);
  for (const { name, value } of source.attributes) {
    if (ATTRIBUTES.has(name) && isSafeValue(name, value, pictures)) copy.setAttribute(name, value);
  }
  if (copy.localName === 'a') {
    copy.setAttribute('target', '_blank');
    copy.setAttribute('rel', 'noopener noreferrer nofollow');
  }
  return copy;
}

function isSafeValue(name: string, value: string, pictures: string): boolean {
  if (name === 'href') return LINK_SCHEMES.has(schemeOf(value));
  if (name === 'src') return isPicture(value, pictures);
  return true;
}

function schemeOf(value: string): string {
  try {
    return new URL(value, location.href).protocol;
  } catch {
    return '';
  }
}
