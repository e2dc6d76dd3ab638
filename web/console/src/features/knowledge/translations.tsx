// The languages of an article: which there are, which the source has left behind, and beginning another.
import type { ArticleOut } from '@mainstay/api';
import { Badge, Button, ChoiceMenu, AddIcon } from '@mainstay/ui';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { knowledge } from '../../state/api';
import { useWords } from '../../words';
import type { Editing } from './editing';
import { Ask } from './page';
import { useKeepArticle, useText } from './reading';
import { languageName, LOCALES } from './words';

export function Translations({ article, locale, mayWrite }: { article: ArticleOut; locale: string; mayWrite: boolean }) {
  const { say, locale: spoken } = useWords();
  const navigate = useNavigate();
  const open = (to: string) => void navigate({ to: '/knowledge/articles/$articleId', params: { articleId: article.id }, search: { locale: to } });
  const missing = LOCALES.filter((each) => !article.translations.some((state) => state.locale === each));
  return (
    <nav className="editor-languages" aria-label={say('translation.title')}>
      <h2 className="editor-side-title">{say('translation.title')}</h2>
      <ul>
        {article.translations.map((state) => (
          <li key={state.locale}>
            <Link to="/knowledge/articles/$articleId" params={{ articleId: article.id }} search={state.is_source ? {} : { locale: state.locale }} activeOptions={{ exact: true, includeSearch: true }} className="editor-language">
              {languageName(state.locale, spoken)}
              {state.is_source ? <span className="soft">{say('translation.source')}</span> : null}
              {state.source_changed ? <Badge tone="warning">{say('translation.changed')}</Badge> : null}
            </Link>
          </li>
        ))}
      </ul>
      {mayWrite ? (
        <ChoiceMenu
          label={say('translation.add')}
          search={say('knowledge.language')}
          groups={[{ choices: missing.map((id) => ({ id, label: languageName(id, spoken) })) }]}
          onChoose={open}
          trigger={<Button size="small" look="quiet"><AddIcon size={14} aria-hidden="true" /> {say('translation.add')}</Button>}
        />
      ) : null}
      {mayWrite && locale !== article.source_locale && article.translations.some((state) => state.locale === locale) ? <Remove article={article} locale={locale} /> : null}
    </nav>
  );
}

function Remove({ article, locale }: { article: ArticleOut; locale: string }) {
  const { say } = useWords();
  const keepArticle = useKeepArticle();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const remove = async () => {
    keepArticle(await knowledge.removeTranslation(article, locale));
    await navigate({ to: '/knowledge/articles/$articleId', params: { articleId: article.id }, search: {} });
  };
  return (
    <>
      <Button size="small" look="quiet" onPress={() => setOpen(true)}>{say('translation.remove')}</Button>
      {isOpen ? <Ask title={say('translation.remove')} submit={say('remove')} look="danger" onClose={() => setOpen(false)} send={remove}><p>{say('translation.remove_text')}</p></Ask> : null}
    </>
  );
}

/** Above a translation: that it begins, or that the source went on without it; with the source to read beside. */
export function TranslationNotice({ editing }: { editing: Editing }) {
  const { say } = useWords();
  const { article, locale } = editing;
  if (!article || locale === article.source_locale) return null;
  const state = article.translations.find((each) => each.locale === locale);
  const words = !state ? say('translation.start') : state.source_changed ? say('translation.changed_text') : null;
  return (
    <div className="notice">
      {words ? <p>{words}</p> : null}
      <Source article={article} />
    </div>
  );
}

function Source({ article }: { article: ArticleOut }) {
  const { say } = useWords();
  const read = useText(article, article.source_locale);
  if (!read.data) return null;
  return (
    <details>
      <summary>{say('translation.see_source')}</summary>
      <p className="notice-title" dir="auto">{read.data.version.title}</p>
      <pre className="notice-text" dir="auto" tabIndex={0}>{read.data.body}</pre>
    </details>
  );
}
