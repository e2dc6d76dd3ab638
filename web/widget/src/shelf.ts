// The articles for what the page is about: read when the panel is open, once for each place and language.
import type { HelpArticleOut, HelpItemOut } from '@mainstay/api/me';
import type { Identity } from './identity';

export type { HelpArticleOut, HelpItemOut };

export class Shelf {
  #identity: Identity;
  #tell: (items: readonly HelpItemOut[]) => void;
  #context: string | null = null;
  #locale = 'en';
  #held: string | null = null;
  #isOpen = false;

  constructor(identity: Identity, tell: (items: readonly HelpItemOut[]) => void) {
    this.#identity = identity;
    this.#tell = tell;
  }

  /** The page says what it is about; null when it is about nothing in particular. */
  context(name: string | null, locale: string): void {
    this.#context = name?.trim() || null;
    this.#locale = locale.split('-')[0] ?? 'en';
    if (this.#isOpen) void this.read();
  }

  /** Reads the articles of the place, unless they are there. Help that cannot be read is no trouble to who wants to ask. */
  async read(): Promise<void> {
    this.#isOpen = true;
    const context = this.#context;
    if (context === this.#held) return;
    this.#held = context;
    this.#tell([]);
    if (!context) return;
    try {
      const { items } = await this.#identity.api.help(context, this.#locale);
      if (this.#held === context) this.#tell(items);
    } catch {
      if (this.#held === context) this.#held = null;
    }
  }

  article(id: string): Promise<HelpArticleOut> {
    return this.#identity.api.article(id, this.#locale);
  }

  /** Says whether the words of that article, in the language they were read in, helped. */
  async vote({ id, locale }: HelpItemOut, helpful: boolean): Promise<void> {
    await this.#identity.api.vote(id, helpful, locale);
  }
}
