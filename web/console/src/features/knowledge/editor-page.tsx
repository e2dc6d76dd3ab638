// The addresses of the editor: a new article, or one article in one of its languages.
import type { ArticleOut } from '@mainstay/api';
import { ArticleIcon, Empty } from '@mainstay/ui';
import { asProblem } from '@mainstay/api';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useWords } from '../../words';
import { Editor } from './editor';
import { ReadState } from './page';
import { useArticle, useText } from './reading';

export function NewArticlePage() {
  const { locale } = useWords();
  const { title } = useSearch({ strict: false });
  const language = locale.split('-')[0] ?? 'en';
  return <Editor key={title ?? ''} subject={{ article: null, text: null, locale: language }} firstTitle={title ?? ''} />;
}

export function ArticlePage() {
  const { say } = useWords();
  const { articleId = '' } = useParams({ strict: false });
  const { locale } = useSearch({ strict: false });
  const read = useArticle(articleId);
  if (read.isError && asProblem(read.error).status === 404) {
    return <Empty icon={<ArticleIcon size={28} strokeWidth={1.5} />} title={say('editor.lost_title')} text={say('editor.lost_text')} action={<Link to="/knowledge/articles">{say('editor.back')}</Link>} />;
  }
  if (!read.data) return <div className="kb-page"><ReadState read={read} /></div>;
  return <InLanguage key={`${articleId}.${locale ?? ''}`} article={read.data} locale={locale ?? read.data.source_locale} />;
}

function InLanguage({ article, locale }: { article: ArticleOut; locale: string }) {
  const read = useText(article, locale);
  if (read.data === undefined) return <div className="kb-page"><ReadState read={read} /></div>;
  return <Editor subject={{ article, text: read.data, locale }} />;
}
