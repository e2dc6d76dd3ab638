// The editor of an article: title and Markdown with what readers will see beside it, details at the side.
// Rule: words typed here survive refusals, reloads and other people's changes.
import { Badge, BackIcon, Button, OpenIcon, Trouble } from '@mainstay/ui';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTell } from '../../state/problems';
import { useSession } from '../../state/session';
import { useTitle } from '../../state/title';
import { useWords } from '../../words';
import { Beside } from './beside';
import { Body } from './body';
import { CrossingNotice } from './crossing';
import { Details } from './details';
import { useEditing, type Editing, type Subject } from './editing';
import { Life } from './life';
import { StatusBadge } from './marks';
import { Translations, TranslationNotice } from './translations';
import { languageName } from './words';
import './editor.css';

export function Editor({ subject, firstTitle = '' }: { subject: Subject; firstTitle?: string }) {
  const { say } = useWords();
  const session = useSession();
  const mayWrite = session.rights.includes('knowledge:write');
  const editing = useEditing(subject, firstTitle);
  const { form, article } = editing;
  const navigate = useNavigate();
  useTitle(form.title || say('editor.new'), session.workspace.name);
  useLeaveWarning(editing.isDirty);
  const save = async () => {
    const saved = await editing.save();
    if (saved && !article) await navigate({ to: '/knowledge/articles/$articleId', params: { articleId: saved.id }, replace: true });
    return saved;
  };
  const isSource = !article || editing.locale === article.source_locale;
  return (
    <form
      className="editor"
      aria-label={say('editor.text')}
      onSubmit={(event) => { event.preventDefault(); void save(); }}
      onKeyDown={(event) => {
        if (!(event.ctrlKey || event.metaKey) || (event.key !== 's' && event.key !== 'Enter')) return;
        // Keys pressed in a dialog arrive here too, though it lies elsewhere in the page.
        if (!event.currentTarget.contains(event.target as Node)) return;
        event.preventDefault();
        if (mayWrite && !editing.isBusy) void save();
      }}
    >
      <Head editing={editing} mayWrite={mayWrite} onSave={save} />
      <Notices editing={editing} mayWrite={mayWrite} />
      <div className="editor-columns">
        <div className="editor-main">
          <label className="field">
            <span className="field-label">{say('editor.name')}</span>
            <input className="field-input editor-title" dir="auto" maxLength={200} required autoFocus={!article} readOnly={!mayWrite} value={form.title} onChange={(event) => editing.set({ title: event.target.value })} />
          </label>
          <Body editing={editing} mayWrite={mayWrite} onNeedArticle={save} />
        </div>
        <aside className="editor-side" aria-label={say('editor.details')}>
          {article ? <Translations article={article} locale={editing.locale} mayWrite={mayWrite} /> : null}
          {mayWrite ? <Details editing={editing} isSource={isSource} /> : null}
          {article && isSource ? <Beside article={article} editing={editing} mayWrite={mayWrite} /> : null}
        </aside>
      </div>
    </form>
  );
}

function Head({ editing, mayWrite, onSave }: { editing: Editing; mayWrite: boolean; onSave: () => ReturnType<Editing['save']> }) {
  const { say, locale } = useWords();
  const { article, form } = editing;
  return (
    <header className="editor-head">
      <Link to="/knowledge/articles" className="editor-back"><BackIcon size={14} aria-hidden="true" /> {say('editor.back')}</Link>
      <div className="editor-line">
        <h1 className="editor-heading" dir="auto">{form.title || say('editor.new')}</h1>
        {article ? <StatusBadge article={article} /> : null}
        {article && editing.locale !== article.source_locale ? <Badge>{languageName(editing.locale, locale)}</Badge> : null}
        <span className="editor-state" role="status">{stateWords(editing, say)}</span>
        <div className="editor-acts">
          <SeeLinks editing={editing} />
          {mayWrite ? <Life editing={editing} onSave={onSave} /> : null}
        </div>
      </div>
    </header>
  );
}

function stateWords(editing: Editing, say: ReturnType<typeof useWords>['say']): string {
  if (editing.isBusy) return say('editor.saving');
  if (editing.isDirty) return say('editor.unsaved');
  return editing.article ? say('editor.saved') : '';
}

function SeeLinks({ editing: { article, locale } }: { editing: Editing }) {
  const { say } = useWords();
  if (!article) return null;
  const state = article.translations.find((each) => each.locale === locale);
  const isOpen = article.status === 'published' && state?.live_number && article.visibility === 'public' && article.audience !== 'internal';
  return (
    <>
      {isOpen ? (
        <a className="button" data-look="quiet" data-size="small" href={`/help/${locale}/articles/${encodeURIComponent(state.slug)}`} target="_blank" rel="noreferrer">
          <OpenIcon size={14} aria-hidden="true" /> {say('editor.see')}
        </a>
      ) : null}
      {state ? (
        <Link to="/knowledge/articles/$articleId/versions" params={{ articleId: article.id }} search={{ locale }} className="button" data-look="quiet" data-size="small">{say('editor.versions')}</Link>
      ) : null}
    </>
  );
}

function Notices({ editing, mayWrite }: { editing: Editing; mayWrite: boolean }) {
  const { say } = useWords();
  const tell = useTell();
  const problem = editing.problem ? tell(editing.problem) : null;
  return (
    <>
      {mayWrite ? null : <p className="soft">{say('editor.closed')}</p>}
      {problem ? <Trouble {...problem} title={say('editor.not_saved')} text={`${problem.text} ${say('composer.kept')}`} /> : null}
      {editing.crossing ? <CrossingNotice editing={editing} crossing={editing.crossing} /> : null}
      {editing.isRestored && !editing.crossing ? (
        <p className="notice" role="status">{say('editor.restored')} <Button size="small" onPress={editing.discard}>{say('editor.discard')}</Button></p>
      ) : null}
      <TranslationNotice editing={editing} />
    </>
  );
}

/** The browser asks before it closes over unsaved words. */
function useLeaveWarning(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isDirty]);
}
