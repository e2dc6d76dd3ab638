// The state of the editor: what is typed, on which version it is based, saving, and a change that crossed ours.
import { asProblem, newClientId, type ApiProblem, type ArticleOut, type TextOut } from '@mainstay/api';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { knowledge } from '../../state/api';
import { formOf, keep, newOf, patchOf, readKept, sameForm, EMPTY_FORM, type Form, type Kept } from './drafts';
import { merged } from './merging';
import { useKeepArticle } from './reading';

export interface Subject {
  /** Null for an article that is not there yet. */
  article: ArticleOut | null;
  text: TextOut | null;
  locale: string;
}

/** Somebody saved while we were typing: the article as it is now, and its words. */
export interface Crossing {
  article: ArticleOut;
  text: TextOut | null;
}

export interface Editing extends Subject {
  form: Form;
  isDirty: boolean;
  isBusy: boolean;
  isRestored: boolean;
  problem: ApiProblem | null;
  crossing: Crossing | null;
  set: (change: Partial<Form>) => void;
  /** Saves what differs; answers the article as it is then, or null after a refusal or while another act runs. */
  save: () => Promise<ArticleOut | null>;
  /** Runs a change of the article that is not about words, with the same care. */
  run: (change: (article: ArticleOut) => Promise<ArticleOut>) => Promise<ArticleOut | null>;
  discard: () => void;
  /** After a crossing: goes on from the newest version, with our words or with theirs. */
  goOn: (withOurs: boolean) => void;
}

const KEEP_MS = 400;

export function useEditing(subject: Subject, firstTitle = ''): Editing {
  const { locale } = subject;
  const key = `${subject.article?.id ?? 'new'}.${locale}`;
  const [at, setAt] = useState<{ article: ArticleOut | null; text: TextOut | null }>(subject);
  const base = at.article ? formOf(at.article, at.text, locale) : EMPTY_FORM;
  const [kept] = useState(() => readKept(key));
  const [form, setForm] = useState<Form>(kept?.form ?? (at.article ? base : { ...base, title: firstTitle }));
  const [isRestored, setRestored] = useState(kept !== null && !sameForm(kept.form, base));
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [crossing, setCrossing] = useState<Crossing | null>(null);
  const idempotencyKey = useRef(newClientId());
  // Saving and then publishing happen in one go, before the page is drawn again.
  const newest = useRef(subject.text);
  const keepArticle = useKeepArticle();
  const queries = useQueryClient();
  const isDirty = !sameForm(form, base);
  // What was typed on an older version is sent with that version, so that a crossing is seen after a reload too.
  const ground = useRef({ version: kept?.version ?? at.article?.version ?? 0, base: kept?.base ?? base });
  useKeeping(key, isDirty ? { form, ...ground.current } : null);
  const stand = (article: ArticleOut, text: TextOut | null) => {
    ground.current = { version: article.version, base: formOf(article, text, locale) };
    newest.current = text;
    setAt({ article, text });
  };
  useNewer(subject, at.article, isDirty || isBusy, () => {
    if (!subject.article) return;
    stand(subject.article, subject.text);
    setForm(formOf(subject.article, subject.text, locale));
  });

  const take = async (article: ArticleOut, isText: boolean) => {
    const text = isText ? await knowledge.text(article.id, locale) : newest.current;
    if (text) queries.setQueryData(['knowledge', 'text', article.id, locale, text.version.number], text);
    stand(article, text);
    keepArticle(article);
    return text;
  };
  // One act at a time: what a second one meanwhile would send stands on a state that is about to be another.
  const isActing = useRef(false);
  const perform = async (act: () => Promise<ArticleOut | null>) => {
    if (isActing.current) return null;
    isActing.current = true;
    setBusy(true);
    setProblem(null);
    try {
      return await act();
    } catch (thrown) {
      const refused = asProblem(thrown);
      if (refused.code === 'stale_version' && at.article) setCrossing(await readCrossing(at.article.id, locale));
      else setProblem(refused);
      return null;
    } finally {
      isActing.current = false;
      setBusy(false);
    }
  };
  const based = (article: ArticleOut) => ({ ...article, version: ground.current.version });
  const save = () => perform(async () => {
    const held = at.article && based(at.article);
    const saved = await send(held, form, base, locale, idempotencyKey.current);
    if (saved === held) return at.article;
    const text = await take(saved, true);
    setForm(formOf(saved, text, locale));
    setRestored(false);
    keep(key, null);
    return saved;
  });
  const run = (change: (article: ArticleOut) => Promise<ArticleOut>) => perform(async () => {
    if (!at.article) throw new Error('no article yet');
    const changed = await change(based(at.article));
    await take(changed, false);
    return changed;
  });
  const goOn = (withOurs: boolean) => {
    if (!crossing) return;
    const theirs = formOf(crossing.article, crossing.text, locale);
    setForm(withOurs ? merged(form, ground.current.base, theirs) : theirs);
    stand(crossing.article, crossing.text);
    if (crossing.text) queries.setQueryData(['knowledge', 'text', crossing.article.id, locale, crossing.text.version.number], crossing.text);
    keepArticle(crossing.article);
    setCrossing(null);
  };
  const discard = () => {
    if (at.article) stand(at.article, at.text);
    setForm(base);
    setRestored(false);
  };
  const set = (change: Partial<Form>) => setForm((before) => ({ ...before, ...change }));
  return { article: at.article, text: at.text, locale, form, isDirty, isBusy, isRestored, problem, crossing, set, save, run, discard, goOn };
}

/** Takes in what others changed while nothing is typed here; what is typed meets it when it is saved. */
function useNewer(subject: Subject, at: ArticleOut | null, isHeld: boolean, takeIn: () => void): void {
  const isNewer = !isHeld && subject.article !== null && at !== null && subject.article.version > at.version;
  const latest = useRef(takeIn);
  latest.current = takeIn;
  useEffect(() => {
    if (isNewer) latest.current();
  }, [isNewer, subject.article?.version]);
}

function useKeeping(key: string, kept: Kept | null): void {
  const latest = useRef(kept);
  latest.current = kept;
  const text = kept ? JSON.stringify(kept) : '';
  useEffect(() => {
    const timer = setTimeout(() => keep(key, latest.current), KEEP_MS);
    return () => clearTimeout(timer);
  }, [key, text]);
  // Leaving the page within the pause keeps the last words too.
  useEffect(() => () => {
    if (latest.current) keep(key, latest.current);
  }, [key]);
}

async function readCrossing(id: string, locale: string): Promise<Crossing> {
  const article = await knowledge.article(id);
  const has = article.translations.some((each) => each.locale === locale);
  return { article, text: has ? await knowledge.text(id, locale) : null };
}

async function send(article: ArticleOut | null, form: Form, base: Form, locale: string, idempotencyKey: string): Promise<ArticleOut> {
  if (!article) return knowledge.write(newOf(form, locale), idempotencyKey);
  if (locale === article.source_locale) return sendPatch(article, form, base);
  const { title, body, slug, note } = form;
  const excerpt = await chosenExcerpt(form, base);
  return knowledge.translate(article, locale, { title, body, ...(slug ? { slug } : {}), ...(excerpt ? { excerpt } : {}), ...(note ? { note } : {}) });
}

/** A translation is sent whole: a summary that was only made of the old text must not be held on to. */
async function chosenExcerpt(form: Form, base: Form): Promise<string> {
  if (!form.excerpt || form.excerpt !== base.excerpt) return form.excerpt;
  const made = await knowledge.preview(base.body, undefined);
  return made.excerpt === form.excerpt ? '' : form.excerpt;
}

async function sendPatch(article: ArticleOut, form: Form, base: Form): Promise<ArticleOut> {
  const patch = patchOf(form, base);
  return patch ? knowledge.change(article, patch) : article;
}
